/**
 * Messages as bytes, for the pipes of a process. A message has a head of 12 bytes (mark, length of the text, total
 * length), its JSON, and its binary parts. V8's own format is not used: the reader must survive whatever a handler
 * that nobody trusts writes into its pipe.
 */
const MARK = 0x41_54_4c_31;
const HEAD = 12;
const DEEPEST = 200;
const TAG = "$";

/** Most bytes of one message. */
export const LONGEST_MESSAGE_BYTES = 64 * 2 ** 20;

const views = {
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/**
 * A message as bytes. It supports JSON, `undefined`, all numbers, bigints, dates, maps, sets, buffers and their views.
 *
 * @throws {TypeError} for what cannot be copied.
 * @throws {RangeError} when it is longer than {@linkcode LONGEST_MESSAGE_BYTES}.
 */
export function encode(message: unknown): Uint8Array<ArrayBuffer> {
  const parts: Parts = { list: [], length: 0 };
  const text = new TextEncoder().encode(JSON.stringify(walkOut(message, parts, 0)));
  const length = HEAD + text.byteLength + parts.length;
  if (length > LONGEST_MESSAGE_BYTES) {
    throw new RangeError(`Cannot hand over ${length} bytes at once: ${LONGEST_MESSAGE_BYTES} is the most`);
  }
  const bytes = new Uint8Array(length);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, MARK);
  head.setUint32(4, text.byteLength);
  head.setUint32(8, length);
  bytes.set(text, HEAD);
  let at = HEAD + text.byteLength;
  for (const part of parts.list) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

interface Parts {
  readonly list: Uint8Array[];
  length: number;
}

/** Puts pieces of a pipe together again. */
export class Messages {
  #bytes: Uint8Array = new Uint8Array(0);
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Takes a piece and gives the messages that are whole now. @throws {SyntaxError} when it is not a message. */
  take(piece: Uint8Array): unknown[] {
    this.#pieces.push(piece);
    this.#length += piece.byteLength;
    const messages: unknown[] = [];
    while (this.#length >= this.#wanted()) {
      this.#join();
      const head = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
      const length = head.getUint32(8);
      messages.push(decode(this.#bytes.subarray(0, length), head.getUint32(4)));
      this.#bytes = this.#bytes.subarray(length);
      this.#length -= length;
    }
    return messages;
  }

  // Joined only when a message is whole, so that a long one is not copied for each of its pieces.
  #wanted(): number {
    if (this.#length < HEAD) {
      if (this.#length >= 4) this.#check();
      return HEAD;
    }
    return this.#check();
  }

  #check(): number {
    if (this.#bytes.byteLength < Math.min(HEAD, this.#length)) this.#join();
    const head = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    if (head.getUint32(0) !== MARK) throw new SyntaxError("The pipe has something else than messages");
    if (head.byteLength < HEAD) return HEAD;
    const length = head.getUint32(8);
    if (length < HEAD || length > LONGEST_MESSAGE_BYTES || head.getUint32(4) > length - HEAD) {
      throw new SyntaxError(`The pipe has a message of ${length} bytes`);
    }
    return length;
  }

  #join(): void {
    if (this.#pieces.length === 0) return;
    const all = new Uint8Array(this.#length);
    all.set(this.#bytes);
    let at = this.#bytes.byteLength;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.byteLength;
    }
    this.#bytes = all;
    this.#pieces = [];
  }
}

function decode(bytes: Uint8Array, textLength: number): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(HEAD, HEAD + textLength));
    return walkIn(JSON.parse(text), bytes.subarray(HEAD + textLength), 0);
  } catch (cause) {
    throw new SyntaxError("The pipe has a message that cannot be read", { cause });
  }
}

function walkOut(value: unknown, parts: Parts, depth: number): unknown {
  if (depth > DEEPEST) throw new TypeError("Cannot hand over a value that is circular or nested too deep");
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return { [TAG]: "undefined" };
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged("number", numberText(value));
    case "bigint":
      return tagged("bigint", String(value));
    case "object":
      break;
    default:
      throw new TypeError(`Cannot hand over a ${typeof value}`);
  }
  if (value === null) return null;
  const next = (item: unknown) => walkOut(item, parts, depth + 1);
  if (Array.isArray(value)) return Array.from(value, next);
  if (value instanceof Date) return tagged("date", value.getTime());
  if (value instanceof Map) return tagged("map", Array.from(value, ([key, item]) => [next(key), next(item)]));
  if (value instanceof Set) return tagged("set", Array.from(value, next));
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const bytes = value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const name = Object.prototype.toString.call(value).slice(8, -1);
    if (name !== "ArrayBuffer" && !Object.hasOwn(views, name)) {
      throw new TypeError(`Cannot hand over a ${name}`);
    }
    const at = parts.length;
    parts.list.push(bytes);
    parts.length += bytes.byteLength;
    return { [TAG]: "bytes", of: name, at, length: bytes.byteLength };
  }
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (name !== "Object") throw new TypeError(`Cannot hand over a ${name}`);
  if (Object.hasOwn(value, TAG)) {
    return tagged("object", Object.entries(value).map(([key, item]) => [key, next(item)]));
  }
  const out: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) out[key] = next(item);
  }
  return out;
}

function walkIn(value: unknown, parts: Uint8Array, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > 2 * DEEPEST) throw new RangeError("nested too deep");
  const next = (item: unknown) => walkIn(item, parts, depth + 1);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = next(value[i]);
    return value;
  }
  const object = value as Record<string, unknown>;
  if (!Object.hasOwn(object, TAG)) {
    for (const key of Object.keys(object)) {
      const item = object[key];
      if (typeof item === "object" && item !== null) define(object, key, next(item));
    }
    return object;
  }
  const { v } = object;
  switch (object[TAG]) {
    case "undefined":
      return undefined;
    case "number":
      return Number(v);
    case "bigint":
      return BigInt(String(v));
    case "date":
      return new Date(Number(v ?? NaN));
    case "map":
      return new Map((v as [unknown, unknown][]).map(([key, item]) => [next(key), next(item)]));
    case "set":
      return new Set((v as unknown[]).map(next));
    case "bytes":
      return bytesOf(object, parts);
    case "object": {
      const plain = {};
      for (const [key, item] of v as [string, unknown][]) define(plain, String(key), next(item));
      return plain;
    }
    default:
      throw new TypeError(`no kind of value: ${String(object[TAG])}`);
  }
}

function bytesOf({ of, at, length }: Record<string, unknown>, parts: Uint8Array): unknown {
  const from = Number(at), size = Number(length);
  if (!(from >= 0 && size >= 0 && from + size <= parts.byteLength)) {
    throw new RangeError("bytes out of range");
  }
  const { buffer } = parts.slice(from, from + size);
  if (of === "ArrayBuffer") return buffer;
  const View = Object.hasOwn(views, String(of)) ? views[of as keyof typeof views] : undefined;
  if (!View) throw new TypeError("no kind of bytes");
  return new View(buffer as ArrayBuffer);
}

function tagged(tag: string, v: unknown): unknown {
  return { [TAG]: tag, v };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

// JSON may name `__proto__`; assigning would change the prototype.
function define(object: object, key: string, value: unknown): void {
  if (key !== "__proto__") (object as Record<string, unknown>)[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
