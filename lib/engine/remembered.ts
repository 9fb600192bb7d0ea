import { Updated } from "@/lib/demo/action.ts";
import type { Cache } from "@/lib/demo/cached.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Call } from "./call.ts";
import type { Answer } from "./attempt.ts";

/**
 * Under what a call's answer is remembered: what the author's key says, or the values as the page sent them; for people
 * who are logged in also who they are, so that nobody reads what another was told.
 *
 * @throws {TypeError} when the author's key is not plain data.
 */
export function keyOf(
  cache: Cache,
  { session, request }: Call,
  { input, wire }: { readonly input: () => unknown; readonly wire: () => Record<string, Json> },
): string {
  const own = cache.key ? plain(cache.key(input())) : wire();
  return JSON.stringify([own ?? null, request.user?.id ?? null, cache.perSession ? session.id : null]);
}

// As JSON all promises, sets, buffers and errors are alike, and so are NaN and null: one call would be told what
// another was.
function plain(key: unknown): unknown {
  return JSON.stringify(key, (_, one: unknown) => {
    if (isPlain(one)) return one;
    throw new TypeError(
      "Cannot remember an answer: the key of cached() returns something other than plain data. It gives texts, finite " +
        "numbers, arrays and objects of them, at once and not as a promise",
    );
  });
}

function isPlain(one: unknown): boolean {
  if (typeof one === "number") return Number.isFinite(one);
  if (typeof one !== "object" || one === null) return typeof one !== "function" && typeof one !== "symbol";
  if (Array.isArray(one) || ArrayBuffer.isView(one) && !(one instanceof DataView)) return true;
  const prototype: unknown = Object.getPrototypeOf(one);
  return prototype === Object.prototype || prototype === null;
}

/** Adds what was given to an answer. A handler may go on to change it, so a copy is kept. */
export function remember(answer: Answer, given: unknown): void {
  try {
    answer.given?.push(copyOf(given));
  } catch {
    // A stream, for example: it can be read only once.
    answer.given = undefined;
  }
}

function copyOf(given: unknown): unknown {
  if (typeof given !== "object" || given === null || given instanceof Updated) return given;
  if (Object.getPrototypeOf(given) !== Object.prototype) return structuredClone(given);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "symbol" || value instanceof Updated ? value : structuredClone(value),
    ]),
  );
}
