import type { Json } from "./json.ts";
import { kindOf } from "./kind_of.ts";

/** Deeper values are none: whatever goes over them later goes by the stack. */
const DEEPEST = 200;

/** A list or an object that is looked through, and how it is reached from the root. */
interface Place {
  readonly holder: object;
  readonly key: string | number | undefined;
  readonly up: Place | undefined;
  readonly depth: number;
}

/**
 * Whether a value is JSON: finite numbers, plain objects, no holes, at most 200 levels. A key whose value is `undefined`
 * counts as absent. One pass without recursion, by the number of values; a value that holds itself is too deep.
 */
export function isJson(root: unknown): root is Json {
  return whyNotJson(root) === undefined;
}

/**
 * Names the part of a value that is not JSON, and a fix: `rows[1].mean is NaN. Give null instead`.
 *
 * @returns `undefined` for JSON.
 */
export function whyNotJson(root: unknown): string | undefined {
  if (typeof root !== "object" || root === null) return isLeaf(root) ? undefined : wrongAt("it", root);
  const places: Place[] = [{ holder: root, key: undefined, up: undefined, depth: 1 }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { holder, depth } = place;
    if (depth > DEEPEST) return tooDeep(place);
    const keys = keysOf(holder);
    if (keys === undefined) return wrongAt(pathOf(place), holder);
    const length = keys?.length ?? (holder as unknown[]).length;
    for (let i = 0; i < length; i++) {
      const key = keys ? keys[i] as string : i;
      const value = (holder as Record<string | number, unknown>)[key];
      if (typeof value === "object" && value !== null) {
        places.push({ holder: value, key, up: place, depth: depth + 1 });
      } else if (!isLeaf(value) && !(keys && value === undefined)) {
        return wrongAt(pathOf({ holder, key, up: place, depth }), value);
      }
    }
  }
  return undefined;
}

/** JSON without the keys whose value is `undefined`. A value without such keys is returned unchanged. */
export function withoutUndefined(root: Json): Json {
  if (typeof root !== "object" || root === null) return root;
  if (isList(root)) {
    let copy: Json[] | undefined;
    for (let i = 0; i < root.length; i++) {
      const before = root[i] as Json;
      const after = withoutUndefined(before);
      if (after !== before) (copy ??= [...root])[i] = after;
    }
    return copy ?? root;
  }
  let changes: Map<string, Json | undefined> | undefined;
  for (const key of Object.keys(root)) {
    const before = root[key];
    const after = before === undefined ? undefined : withoutUndefined(before);
    if (after === undefined || after !== before) (changes ??= new Map()).set(key, after);
  }
  if (!changes) return root;
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(
    Object.entries(root).map(([key, value]) => [key, changes.has(key) ? changes.get(key) : value] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function isList(value: Json & object): value is readonly Json[] {
  return Array.isArray(value);
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

/** As it is written in a program: `rows[1].mean`. */
function pathOf(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.key !== undefined; at = at.up) keys.push(at.key);
  if (keys.length === 0) return "it";
  return keys.reverse().map((key, at) =>
    typeof key === "number"
      ? `[${key}]`
      : !/^[A-Za-z_$][\w$]{0,59}$/.test(key)
      ? `[${JSON.stringify(key.slice(0, 60))}]`
      : at === 0
      ? key
      : `.${key}`
  ).join("");
}

function tooDeep(deepest: Place): string {
  const way: Place[] = [];
  for (let at: Place | undefined = deepest; at; at = at.up) way.unshift(at);
  const seen = new Set<object>();
  for (const place of way) {
    if (seen.has(place.holder)) return `${pathOf(place)} leads back to a value that holds it`;
    seen.add(place.holder);
  }
  return `it has more than ${DEEPEST} levels`;
}

function wrongAt(path: string, value: unknown): string {
  const hint = instead(value);
  return `${path} is ${value === undefined ? "undefined" : kindOf(value)}${hint && `. Give ${hint} instead`}`;
}

function instead(value: unknown): string {
  if (typeof value === "number" || value === undefined) return "null";
  if (typeof value === "bigint") return "a number or text";
  if (value instanceof Promise || typeof value === "symbol" || typeof value === "function") return "";
  if (value instanceof Date) return "its toISOString()";
  if (value instanceof Map) return "Object.fromEntries() of it";
  if (value instanceof Set || ArrayBuffer.isView(value)) return "Array.from() of it";
  return "a plain object";
}
