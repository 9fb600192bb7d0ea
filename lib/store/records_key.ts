import { Buffer } from "node:buffer";
import { type Key, type KeyPart, type ListOptions, MAX_KEY_BYTES } from "./records.ts";

/**
 * A key as bytes that sort like the keys, each byte one character of a string. `Map`, `<` and SQLite's `memcmp`
 * agree on that order. A string is 0x02, its UTF-8 with 0x00 as 0x00 0xff, 0x00; a number is 0x21 and eight bytes.
 */
export type PackedKey = string;

const STRING = "\x02";
const NUMBER = "\x21";
const double = new DataView(new ArrayBuffer(8));

/** Packs a key of one part or more. @throws {TypeError} @throws {RangeError} */
export function packKey(key: Key): PackedKey {
  if (!Array.isArray(key) || key.length === 0) throw new TypeError("A key is an array of one part or more");
  return packPrefix(key);
}

/** Packs a key that may be empty. */
export function packPrefix(key: Key): PackedKey {
  let packed = "";
  for (const part of key) packed += packPart(part);
  if (packed.length > MAX_KEY_BYTES) {
    throw new RangeError(`A key takes ${packed.length} bytes, ${MAX_KEY_BYTES} are allowed`);
  }
  return packed;
}

/** The way back from {@linkcode packKey}. */
export function unpackKey(packed: PackedKey): Key {
  const key: KeyPart[] = [];
  for (let at = 0; at < packed.length;) {
    if (packed[at] === NUMBER) {
      key.push(unpackNumber(packed.slice(at + 1, at + 9)));
      at += 9;
      continue;
    }
    let end = packed.indexOf("\0", at);
    while (packed[end + 1] === "\xff") end = packed.indexOf("\0", end + 2);
    const bytes = packed.slice(at + 1, end).replaceAll("\0\xff", "\0");
    key.push(isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8"));
    at = end + 1;
  }
  return key;
}

/** The packed keys that a list asks for: `from` counted, `to` not. */
export function rangeOf({ prefix, start, end }: ListOptions): { from: PackedKey; to: PackedKey } {
  const packed = packPrefix(prefix);
  // No part begins with 0x00 or 0xff, so these stand before and after all keys that go on from the prefix.
  let [from, to] = [packed + "\0", packed + "\xff"];
  if (start && packPrefix(start) > from) from = packPrefix(start);
  if (end && packPrefix(end) < to) to = packPrefix(end);
  return { from, to };
}

function packPart(part: KeyPart): string {
  if (typeof part === "number") return NUMBER + packNumber(part);
  if (typeof part !== "string" || !part.isWellFormed()) {
    throw new TypeError("A part of a key is a well-formed string or a finite number");
  }
  const bytes = isAscii(part) ? part : Buffer.from(part, "utf8").toString("latin1");
  return STRING + bytes.replaceAll("\0", "\0\xff") + "\0";
}

function packNumber(part: number): string {
  if (!Number.isFinite(part)) throw new TypeError(`A number in a key is finite, this one is ${part}`);
  double.setFloat64(0, part === 0 ? 0 : part);
  flip(part >= 0);
  let bytes = "";
  for (let at = 0; at < 8; at++) bytes += String.fromCharCode(double.getUint8(at));
  return bytes;
}

function unpackNumber(bytes: string): number {
  for (let at = 0; at < 8; at++) double.setUint8(at, bytes.charCodeAt(at));
  flip(double.getUint8(0) >= 0x80);
  return double.getFloat64(0);
}

// Positive doubles sort as their bits do once the sign is set; negative ones the other way round.
function flip(positive: boolean): void {
  double.setUint32(0, double.getUint32(0) ^ (positive ? 0x8000_0000 : 0xffff_ffff));
  if (!positive) double.setUint32(4, double.getUint32(4) ^ 0xffff_ffff);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
