import { PLAIN } from "../plain.ts";
import { HOLE, INFINITY, NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, NULL, UNDEFINED } from "./constants.ts";

/** Tells of an object of an own type what it is called and what stands for it; undefined for any other object. */
export type Stringifier = (value: object) => { type: string; value: unknown } | undefined;

/** Thrown for a value that would not arrive as what it is. */
export class UnserializableError extends TypeError {
  /** The value itself. */
  readonly value: unknown;
  /** What it is, to end a sentence with. */
  readonly kind: string;

  /** `kind` says what the value is and what would be right. */
  constructor(value: unknown, kind: string) {
    super(`Cannot serialize ${kind}`);
    this.name = "UnserializableError";
    this.value = value;
    this.kind = kind;
  }
}

// What was frozen through and through is the same at every request: it is written once, as nested JSON, for as long as
// it lives. Nothing but `===` can tell its copies apart.
const frozen = new WeakMap<object, string | false>();

function frozenText(value: object): string | false {
  if (PLAIN || !Object.isFrozen(value)) return false;
  let text = frozen.get(value);
  if (text === undefined) {
    // Taken for not plain while it is looked at, so that a cycle ends
    frozen.set(value, false);
    text = isFrozenJson(value) && `["Json",${JSON.stringify(value)}]`;
    frozen.set(value, text);
  }
  return text;
}

function isFrozenJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object" || !Object.isFrozen(value)) return false;
  const proto = Object.getPrototypeOf(value);
  if (proto !== Array.prototype && proto !== Object.prototype && proto !== null) return false;
  const keys = Reflect.ownKeys(value);
  const array = Array.isArray(value);
  if (array && keys.length !== value.length + 1) return false;
  return keys.every((key) => {
    if (typeof key !== "string" || key === "__proto__" || key === "constructor") return false;
    if (array && key === "length") return true;
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) return !array;
    return item !== null && typeof item === "object" ? frozenText(item) !== false : isFrozenJson(item);
  });
}

// Names that stand in quotes as they are, which is most of them
const NAME = /^[\w$-]+$/;

/**
 * Writes `value` as a flat JSON array. An object that appears several times is written once; cycles are allowed.
 * Index 0 is the value; a number inside an object or array is the index of the value that stands there, a negative
 * number one of the constants; `["Type", ref]` is a value of another type.
 * @throws {UnserializableError} for what would not arrive as what it is
 */
export function stringify(value: unknown, custom: Stringifier = () => undefined): string {
  const out: string[] = [];
  const indices = new Map<unknown, number>();

  function reference(value: unknown): number {
    switch (typeof value) {
      case "undefined":
        return UNDEFINED;
      case "object":
        if (value === null) return NULL;
        break;
      case "number":
        if (value !== value) return NAN;
        if (value === Infinity) return INFINITY;
        if (value === -Infinity) return NEGATIVE_INFINITY;
        if (Object.is(value, -0)) return NEGATIVE_ZERO;
    }
    const seen = indices.get(value);
    if (seen !== undefined) return seen;
    const index = out.length;
    indices.set(value, index);
    // Its place is taken before it is written, since what it holds may refer to it
    out.push("");
    out[index] = write(value);
    return index;
  }

  function write(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
      case "boolean":
        return String(value);
      case "bigint":
        return `["BigInt","${value}"]`;
      case "object":
        return writeObject(value as object);
      default:
        throw new UnserializableError(value, describeRefused(value));
    }
  }

  function writeObject(value: object): string {
    const known = frozenText(value);
    if (known !== false) return known;
    const proto = Object.getPrototypeOf(value);
    if (proto === Object.prototype || proto === null) return writePlain(value as Record<string, unknown>);
    if (Array.isArray(value)) return writeArray(value);
    const found = custom(value);
    return found === undefined ? writeBuiltin(value) : `["${found.type}",${reference(found.value)}]`;
  }

  function writePlain(value: Record<string, unknown>): string {
    // A vnode is a plain object whose own `constructor` is undefined
    if (value.constructor === undefined && "__v" in value) {
      throw new UnserializableError(value, "JSX inside another value; pass it as a prop of its own");
    }
    let text = "";
    for (const key of Object.keys(value)) {
      text += `${text === "" ? "{" : ","}${NAME.test(key) ? `"${key}"` : JSON.stringify(key)}:${
        reference(value[key])
      }`;
    }
    return text === "" ? "{}" : text + "}";
  }

  function writeArray(value: readonly unknown[]): string {
    let text = "[";
    for (let i = 0; i < value.length; i++) {
      if (i > 0) text += ",";
      text += i in value ? reference(value[i]) : HOLE;
    }
    return text + "]";
  }

  function writeBuiltin(value: object): string {
    if (value instanceof URL) return `["URL",${JSON.stringify(value.href)}]`;
    if (value instanceof Date) return `["Date",${JSON.stringify(dateText(value))}]`;
    if (value instanceof RegExp) {
      return `["RegExp",${JSON.stringify(value.source)}, ${JSON.stringify(value.flags)}]`;
    }
    if (value instanceof Map) return `["Map",${write([...value].flat())}]`;
    if (value instanceof Set) return `["Set",${write([...value])}]`;
    if (value instanceof Uint8Array && value.constructor.name === "Uint8Array") return writeBytes(value);
    const temporal = /^Temporal\.(\w+)$/.exec(Object.prototype.toString.call(value).slice(8, -1));
    if (temporal !== null) return `["${temporal[1]}",${JSON.stringify(String(value))}]`;
    if (PLAIN) return writePlain({ ...value });
    throw new UnserializableError(value, describeRefused(value));
  }

  reference(value);
  // A constant at the top has no place of its own
  return out.length === 0 ? String(reference(value)) : `[${out.join(",")}]`;
}

function dateText(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function writeBytes(bytes: Uint8Array): string {
  if (PLAIN) return `["Uint8Array",${JSON.stringify(new Uint8Array(bytes.buffer).toBase64())}]`;
  if (bytes.byteLength !== bytes.buffer.byteLength) {
    throw new UnserializableError(
      bytes,
      `a Uint8Array that is a view on part of a larger buffer (${bytes.byteLength} of ${bytes.buffer.byteLength} bytes); pass a copy of its own, as slice() makes`,
    );
  }
  return `["Uint8Array",${JSON.stringify(bytes.toBase64())}]`;
}

function describeRefused(value: unknown): string {
  if (typeof value === "function") {
    return `the function "${value.name || "anonymous"}"; functions stay on the server`;
  }
  if (typeof value === "symbol") return `the symbol ${String(value)}; pass a string`;
  if (value instanceof Promise) return "a Promise; await it first";
  if (value instanceof Error) return "an Error; pass its message";
  if (value instanceof Blob) return "a Blob; pass a URL the browser can fetch it from";
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `a value of type ${value.constructor.name}; pass an Array of numbers or a Uint8Array`;
  }
  const name = (value as object).constructor?.name ?? "unknown";
  return `an instance of class ${name}; pass a plain object`;
}

/** Where `needle` stands within `value`, such as `data.items[2]`; null when it is nowhere in it. */
export function findPath(
  value: unknown,
  needle: unknown,
  path = "",
  seen = new Set<unknown>(),
): string | null {
  if (value === needle) return path;
  if (typeof value !== "object" || value === null || seen.has(value)) return null;
  seen.add(value);
  const children: Iterable<[string, unknown]> = value instanceof Map
    ? [...value].flatMap(([key, item]): [string, unknown][] => [[`<key>`, key], [`<${String(key)}>`, item]])
    : value instanceof Set
    ? [...value].map((item, i): [string, unknown] => [`<${i}>`, item])
    : isSignal(value)
    ? [["value", value.peek()]]
    : Object.entries(value).map(([key, item]) => [Array.isArray(value) ? `[${key}]` : key, item]);
  for (const [key, item] of children) {
    const inner = path === "" || /^[[<]/.test(key) ? path + key : `${path}.${key}`;
    const found = findPath(item, needle, inner, seen);
    if (found !== null) return found;
  }
  return null;
}

/** A signal, of whatever copy of the library: its mark is a global symbol. */
export function isSignal(value: unknown): value is { peek(): unknown } {
  return typeof value === "object" && value !== null &&
    (value as { brand?: unknown }).brand === Symbol.for("preact-signals");
}
