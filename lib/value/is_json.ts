import type { Json } from "./json.ts";

/** Deeper values are none: whatever goes over them later goes by the stack. */
const DEEPEST = 200;

/**
 * Whether a value is JSON: finite numbers, plain objects, no holes, at most 200 levels. One pass without recursion, by
 * the number of values; a value that holds itself is too deep.
 */
export function isJson(root: unknown): root is Json {
  if (typeof root !== "object" || root === null) return isLeaf(root);
  const holders: object[] = [root];
  const depths = [1];
  for (let holder = holders.pop(); holder !== undefined; holder = holders.pop()) {
    const depth = depths.pop() as number;
    if (depth > DEEPEST) return false;
    const keys = keysOf(holder);
    if (keys === undefined) return false;
    const length = keys?.length ?? (holder as unknown[]).length;
    for (let i = 0; i < length; i++) {
      const value = keys ? (holder as Record<string, unknown>)[keys[i] as string] : (holder as unknown[])[i];
      if (typeof value === "object" && value !== null) {
        holders.push(value);
        depths.push(depth + 1);
      } else if (!isLeaf(value)) return false;
    }
  }
  return true;
}

/** The keys of a plain object; `null` for a list, `undefined` for any other object. */
function keysOf(holder: object): readonly string[] | null | undefined {
  if (Array.isArray(holder)) return null;
  const prototype = Object.getPrototypeOf(holder);
  return prototype === Object.prototype || prototype === null ? Object.keys(holder) : undefined;
}

function isLeaf(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" || typeof value === "boolean" || value === null;
}
