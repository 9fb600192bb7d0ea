/** Builds values of own types from what {@linkcode Stringifiers} gave. */
export type Parsers = Readonly<Record<string, (value: never) => unknown>>;

// The numbers are those of constants.ts, written out as this file is sent to every visitor
const CONSTANTS = [, undefined, null, NaN, Infinity, -Infinity, -0];

/**
 * Reads what `stringify` wrote. Values that were one object are one object again.
 */
export function parse<T = unknown>(text: string, custom: Parsers = {}): T {
  const data = JSON.parse(text);
  const done: unknown[] = [];

  const value = (ref: number): unknown => {
    if (ref < 0) return CONSTANTS[-ref];
    if (ref in done) return done[ref];
    const raw = data[ref];
    if (typeof raw !== "object") return done[ref] = raw;
    if (!Array.isArray(raw)) {
      const object: Record<string, unknown> = done[ref] = {};
      for (const key in raw) {
        // Plain assignment of this one name would set the prototype
        if (key === "__proto__") {
          Object.defineProperty(object, key, { value: value(raw[key]), enumerable: true });
        } else object[key] = value(raw[key]);
      }
      return object;
    }
    if (typeof raw[0] !== "string") return fill(done[ref] = [], raw);
    const [type, first] = raw;
    if (type === "Json") return done[ref] = first;
    if (custom[type]) return done[ref] = custom[type](value(first) as never);
    if (type === "Map") {
      const map = done[ref] = new Map();
      for (let i = 0; i < first.length; i += 2) map.set(value(first[i]), value(first[i + 1]));
      return map;
    }
    if (type === "Set") {
      const set = done[ref] = new Set();
      for (const item of first) set.add(value(item));
      return set;
    }
    return done[ref] = builtin(type, first, raw[2]);
  };
  const fill = (array: unknown[], refs: number[]) => {
    array.length = refs.length;
    refs.forEach((ref, i) => {
      if (ref !== -7) array[i] = value(ref);
    });
    return array;
  };
  return (Array.isArray(data) ? value(0) : value(data)) as T;
}

const BUILTINS: Readonly<Record<string, (text: string, flags: string) => unknown>> = {
  BigInt,
  URL: (text) => new URL(text),
  Date: (text) => new Date(text ?? NaN),
  RegExp,
  Uint8Array: (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)),
};

function builtin(type: string, text: string, flags: string): unknown {
  const make = BUILTINS[type];
  if (make) return make(text, flags);
  // A Temporal type; named at run time because not every browser has them
  const { Temporal } = globalThis as unknown as {
    Temporal: Record<string, { from(text: string): unknown }>;
  };
  const temporal = Temporal[type];
  if (temporal === undefined) throw new TypeError(`Cannot read a value of type "${type}"`);
  return temporal.from(text);
}
