import { RESET, Updated } from "@/lib/demo/action.ts";

/** Any function. */
export type AnyFunction = (...args: unknown[]) => unknown;

const TAG = "$atoll";
const DEEPEST = 100;

/**
 * Makes a value copyable. Functions become numbers by `lend`, and objects with an identity or class (`update()`,
 * `reset()`, headers) become plain data. Unchanged values are not copied.
 */
export function pack(value: unknown, lend: (fn: AnyFunction) => number): unknown {
  const seen = new Map<object, unknown>();
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === "function") return { [TAG]: "function", id: lend(value as AnyFunction) };
    if (value === RESET) return { [TAG]: "reset" };
    if (typeof value !== "object" || value === null || depth > DEEPEST) return value;
    if (seen.has(value)) return seen.get(value);
    seen.set(value, value);
    const packed = walkObject(value, depth);
    if (packed !== value) seen.set(value, packed);
    return packed;
  };
  const walkObject = (value: object, depth: number): unknown => {
    if (value instanceof Updated) return { [TAG]: "update", props: walk(value.update, depth + 1) };
    if (value instanceof Headers) return { [TAG]: "headers", entries: [...value] };
    if (value instanceof URLSearchParams) return { [TAG]: "query", entries: [...value] };
    if (Array.isArray(value)) {
      let copy: unknown[] | undefined;
      for (let i = 0; i < value.length; i++) {
        const item = walk(value[i], depth + 1);
        if (item !== value[i]) (copy ??= [...value])[i] = item;
      }
      return copy ?? value;
    }
    if (!isPlain(value)) return value;
    let copy: Record<string, unknown> | undefined;
    for (const [key, before] of Object.entries(value)) {
      const item = walk(before, depth + 1);
      if (item !== before) set(copy ??= { ...value }, key, item);
    }
    const whole = copy ?? value;
    return Object.hasOwn(whole, TAG) ? { [TAG]: "plain", entries: Object.entries(whole) } : whole;
  };
  return walk(value, 0);
}

/** The inverse. It changes `value`, a copy of the packed value; `borrow` makes functions of numbers. */
export function unpack(value: unknown, borrow: (id: number) => unknown): unknown {
  const seen = new Set<object>();
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value !== "object" || value === null || depth > DEEPEST || seen.has(value)) return value;
    seen.add(value);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        if (typeof value[i] === "object") value[i] = walk(value[i], depth + 1);
      }
      return value;
    }
    if (!isPlain(value)) return value;
    if (Object.hasOwn(value, TAG)) return restore(value as Record<string, unknown>, depth);
    for (const key of Object.keys(value)) {
      const before = (value as Record<string, unknown>)[key];
      if (typeof before === "object") set(value, key, walk(before, depth + 1));
    }
    return value;
  };
  const restore = (packed: Record<string, unknown>, depth: number): unknown => {
    switch (packed[TAG]) {
      case "function":
        return borrow(Number(packed.id));
      case "reset":
        return RESET;
      case "update":
        return new Updated(walk(packed.props, depth + 1) as Record<string, unknown>);
      case "query":
        return new URLSearchParams(packed.entries as [string, string][]);
      case "headers":
        return new Headers(packed.entries as [string, string][]);
      default: {
        const plain = {};
        for (const [key, item] of packed.entries as [string, unknown][]) {
          set(plain, key, walk(item, depth + 1));
        }
        return plain;
      }
    }
  };
  return walk(value, 0);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

// Assigning to `__proto__` would change the prototype instead.
function set(object: object, key: string, value: unknown): void {
  if (key !== "__proto__") (object as Record<string, unknown>)[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
