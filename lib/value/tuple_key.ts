/**
 * One key for several texts. Each part follows its length, so two different lists never have the same key. With a
 * separator, a name that contains it would pass for two names.
 *
 * @example
 * ```ts
 * import { tupleKey } from "@/lib/value/tuple_key.ts";
 * tupleKey("a b", "c") === tupleKey("a", "b c"); // false: "3:a b1:c" and "1:a3:b c"
 * ```
 */
export function tupleKey(...parts: readonly string[]): string {
  let key = "";
  for (const part of parts) key += `${part.length}:${part}`;
  return key;
}
