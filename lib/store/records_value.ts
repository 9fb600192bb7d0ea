import { Buffer } from "node:buffer";
import { MAX_VALUE_BYTES, type Value } from "./records.ts";

const MAX_DEPTH = 200;
// Before a value with bytes in it: they stand as `{"$": "<base64>"}`, and an object that has a `$` as `{"$": {...}}`.
const WITH_BYTES = "b";

/** A value as text: JSON, so that any tool reads it. @throws {TypeError} @throws {RangeError} */
export function packValue(value: Value): string {
  const hasBytes = inspect(value, "value", 0);
  const text = hasBytes ? WITH_BYTES + JSON.stringify(wrap(value)) : JSON.stringify(value);
  if (text.length * 3 > MAX_VALUE_BYTES) {
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes > MAX_VALUE_BYTES) {
      throw new RangeError(`A value takes ${sizeBytes} bytes, ${MAX_VALUE_BYTES} are allowed`);
    }
  }
  return text;
}

/** The way back from {@linkcode packValue}. */
export function unpackValue(text: string): Value {
  return text.startsWith(WITH_BYTES) ? unwrap(JSON.parse(text.slice(1))) : JSON.parse(text);
}

// Whether there are bytes in it. The path is for the message only.
function inspect(value: unknown, path: string, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return false;
    case "number":
      if (Number.isFinite(value)) return false;
      throw new TypeError(`${path} is ${value}, numbers that are kept are finite`);
    case "object":
      break;
    default:
      throw new TypeError(`${path} is of type ${typeof value}, which cannot be kept`);
  }
  if (value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (depth === MAX_DEPTH) throw new TypeError(`${path} is nested deeper than ${MAX_DEPTH}`);
  let hasBytes = false;
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) {
      hasBytes = inspect(one, `${path}[${at}]`, depth + 1) || hasBytes;
    }
    return hasBytes;
  }
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) {
    throw new TypeError(`${path} is a ${value.constructor?.name}, only plain objects can be kept`);
  }
  // Nothing is inherited: it is a plain object. The path is not made where it is not needed.
  for (const key in value) {
    const one = (value as Record<string, unknown>)[key];
    if (one === undefined || typeof one === "string" || typeof one === "boolean") continue;
    hasBytes = inspect(one, `${path}.${key}`, depth + 1) || hasBytes;
  }
  return hasBytes;
}

function wrap(value: Value | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $: value.toBase64() };
  if (isList(value)) return value.map(wrap);
  const inner = each(value, wrap);
  return Object.hasOwn(value, "$") ? { $: inner } : inner;
}

function unwrap(value: unknown): Value {
  if (typeof value !== "object" || value === null) return value as Value;
  if (Array.isArray(value)) return value.map(unwrap);
  if (!Object.hasOwn(value, "$")) return each(value, unwrap) as Value;
  const inner = (value as { $: string | object }).$;
  return typeof inner === "string" ? Uint8Array.fromBase64(inner) : each(inner, unwrap) as Value;
}

// Not by assignment: a key may be `__proto__`.
function each<T>(object: object, change: (value: T) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value as T)]));
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}
