/** Builds values of the framework's own types from what was written for them. */
export type Own = Readonly<Record<string, (value: unknown) => unknown>>;

const CONSTANTS: readonly unknown[] = [, undefined, null, NaN, Infinity, -Infinity, -0];
const HOLE = -7;
const BUILTINS: Readonly<Record<string, (text: string, flags: string) => unknown>> = {
  BigInt: (text) => BigInt(text),
  URL: (text) => new URL(text),
  Date: (text) => new Date(text),
  RegExp: (source, flags) => new RegExp(source, flags),
  Uint8Array: (text) => Uint8Array.fromBase64(text),
};

/**
 * Reads the props of a page's islands, as Fresh writes them: a flat array, in which a number stands for the value at that
 * place, a negative one for a constant, and `["Type", place]` for a value of another type.
 */
export function readIslandProps<T>(text: string, own: Own): T {
  const data = JSON.parse(text) as unknown[] | number;
  const done = new Map<number, unknown>();
  const read = (place: number): unknown => {
    if (place < 0) return CONSTANTS[-place];
    if (!done.has(place)) done.set(place, make(place, (data as unknown[])[place]));
    return done.get(place);
  };
  const make = (place: number, raw: unknown): unknown => {
    if (typeof raw !== "object" || raw === null) return raw;
    if (!Array.isArray(raw)) {
      const object: Record<string, unknown> = {};
      done.set(place, object);
      for (const [name, at] of Object.entries(raw)) object[name] = read(at as number);
      return object;
    }
    const [type, first, second] = raw;
    if (typeof type !== "string") {
      const array: unknown[] = new Array(raw.length);
      done.set(place, array);
      raw.forEach((at: number, i) => {
        if (at !== HOLE) array[i] = read(at);
      });
      return array;
    }
    if (type === "Json") return first;
    if (own[type]) return own[type](read(first));
    const items = () => (first as number[]).map(read);
    if (type === "Set") return new Set(items());
    if (type === "Map") {
      const flat = items();
      return new Map(flat.flatMap((key, i) => i % 2 === 0 ? [[key, flat[i + 1]] as const] : []));
    }
    return BUILTINS[type]?.(first, second) ?? `${type} ${first}`;
  };
  return (Array.isArray(data) ? read(0) : read(data)) as T;
}
