import type { Json, JsonObject } from "@/lib/value/json.ts";

/**
 * One change to a JSON value: what to do, where (object keys and array indices from the root), with what.
 * `append` adds text to a string, `add` inserts into an array or sets a new key, `delete` removes.
 * The words are Gradio's, so that its protocol can carry the same changes.
 */
export type Change = readonly [
  op: "append" | "replace" | "add" | "delete",
  path: readonly (string | number)[],
  value: Json,
];

/** Changes to apply in order. */
export type Patch = readonly Change[];

/** Says how to get from one JSON value to another; empty when they are equal. */
export function diff(from: Json, to: Json): Patch {
  const changes: Change[] = [];
  walk(from, to, [], changes);
  return changes;
}

function walk(from: Json, to: Json, path: readonly (string | number)[], changes: Change[]): void {
  if (from === to) return;
  if (typeof from === "string" && typeof to === "string" && from !== "" && to.startsWith(from)) {
    changes.push(["append", path, to.slice(from.length)]);
  } else if (Array.isArray(from) && Array.isArray(to)) {
    walkArrays(from, to, path, changes);
  } else if (isObject(from) && isObject(to)) {
    for (const key of Object.keys(from)) {
      if (!Object.hasOwn(to, key) || to[key] === undefined) changes.push(["delete", [...path, key], null]);
    }
    for (const key of Object.keys(to)) {
      const value = to[key];
      if (value === undefined) continue;
      const before = Object.hasOwn(from, key) ? from[key] : undefined;
      if (before === undefined) changes.push(["add", [...path, key], value]);
      else walk(before, value, [...path, key], changes);
    }
  } else {
    changes.push(["replace", path, to]);
  }
}

function walkArrays(
  from: readonly Json[],
  to: readonly Json[],
  path: readonly (string | number)[],
  changes: Change[],
): void {
  const shared = Math.min(from.length, to.length);
  for (let i = 0; i < shared; i++) walk(from[i] as Json, to[i] as Json, [...path, i], changes);
  // From the end, so that each index still means the same item when its turn comes.
  for (let i = from.length - 1; i >= to.length; i--) changes.push(["delete", [...path, i], null]);
  for (let i = from.length; i < to.length; i++) changes.push(["add", [...path, i], to[i] as Json]);
}

/**
 * The value after the changes; the value given is not touched.
 *
 * @throws {TypeError} when a change does not fit the value.
 */
export function patch(value: Json, changes: Patch): Json {
  // Each list and object on the way is copied once, however many changes go through it.
  const copies = new Set<Json>();
  return changes.reduce<Json>((now, [op, path, by]) => change(now, path, 0, op, by, copies), value);
}

/** A field's value after an output: whole, as text that grew, or changed, by the mode of its frame. */
export function applied(before: Json, given: Json | Patch, mode: "set" | "append" | "patch"): Json {
  if (mode === "set") return given as Json;
  return mode === "append" ? `${before ?? ""}${given}` : patch(before, given as Patch);
}

function change(
  value: Json,
  path: Change[1],
  at: number,
  op: Change[0],
  by: Json,
  copies: Set<Json>,
): Json {
  const key = path[at];
  if (key === undefined) {
    if (op === "append" && typeof value === "string" && typeof by === "string") return value + by;
    if (op === "append") throw new TypeError(`Cannot append to ${typeof value}: only text can grow`);
    return by;
  }
  const last = at === path.length - 1;
  if (Array.isArray(value) && typeof key === "number") {
    const copy = copies.has(value) ? value as Json[] : value.slice();
    copies.add(copy);
    if (last && op === "add") copy.splice(key, 0, by);
    else if (last && op === "delete") copy.splice(key, 1);
    else copy[key] = change(copy[key] as Json, path, at + 1, op, by, copies);
    return copy;
  }
  if (isObject(value) && typeof key === "string") {
    const copy: Record<string, Json | undefined> = copies.has(value) ? value : { ...value };
    copies.add(copy as JsonObject);
    if (last && op === "delete") delete copy[key];
    else if (last && op === "add") define(copy, key, by);
    else {define(
        copy,
        key,
        change((Object.hasOwn(copy, key) ? copy[key] : null) as Json, path, at + 1, op, by, copies),
      );}
    return copy as JsonObject;
  }
  throw new TypeError(`Cannot change ${JSON.stringify(path)}: there is nothing at ${JSON.stringify(key)}`);
}

// A plain assignment to "__proto__" would change the prototype instead of the value.
function define(target: Record<string, Json | undefined>, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
