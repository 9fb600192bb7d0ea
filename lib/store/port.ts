import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";

/** What is known of some kept bytes. */
export interface BlobRecord {
  /** Made by the server: 128 random bits or more, `[A-Za-z0-9_-]`, matches {@linkcode BLOB_ID}. */
  readonly id: string;
  /** Session that may use it as an input. */
  readonly owner: string;
  /** Cleaned name to show: no path parts, control or bidirectional characters, at most 200 bytes of UTF-8. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Media type found by looking at the bytes, without parameters; `application/octet-stream` when unknown. */
  readonly mime: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** From then on it is as if it had never been; milliseconds since 1970. */
  readonly expiresMs: number;
}

/** What may be known of kept bytes outside, when `url` is the path that answers with them. */
export function toRef({ id, name, size, mime }: BlobRecord, url: string): FileRef {
  return { id, url, name, size, mime };
}

/** How to keep some bytes. */
export interface PutOptions {
  /** Session that may use it as an input. */
  readonly owner: string;
  /** The name that the bytes came with; it is cleaned. */
  readonly name: string;
  /** More bytes than this are refused with `too_large` and nothing is kept. The store's own limit holds as well. */
  readonly maxBytes?: number | undefined;
  /** How long to keep it, in milliseconds. Default: the store's. */
  readonly keepMs?: number | undefined;
  /** Ends the putting. */
  readonly signal?: AbortSignal | undefined;
}

/** Part of some bytes: both ends counted, from 0. Both lie within the bytes. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** Last byte. */
  readonly end: number;
}

/** What every adapter of {@linkcode Blobs} can be told. */
export interface BlobsOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** As many random bytes as asked for; ids are made of them. Default `crypto.getRandomValues`. */
  readonly random?: ((length: number) => Uint8Array) | undefined;
  /** How long to keep what `put` names no time for, in milliseconds. Default 24 hours. */
  readonly keepMs?: number | undefined;
  /** The most bytes of one file, whatever `put` says. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** The most bytes that one owner may have here at a time. Default 4 GiB. */
  readonly quotaBytes?: number | undefined;
}

/** Keeps bytes under ids of its own making. Never holds a whole file in memory unless that is where it keeps them. */
export interface Blobs extends AsyncDisposable {
  /**
   * Keeps bytes. They are either kept whole or not at all; a stream is read to its end or cancelled.
   *
   * @throws {Fault} `too_large` past `maxBytes`, `no_space` when the disk or the owner's quota is full, `cancelled`
   * when the signal aborts or the sender goes away. A fault that the stream itself fails with comes through.
   */
  put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord>;
  /** The record of an id, `undefined` when there is none or its time is up. Any text may be asked for. */
  get(id: string): Promise<BlobRecord | undefined>;
  /** The bytes of an id, or a part of them; `undefined` as for `get`. The reader must be read to its end or cancelled. */
  read(id: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined>;
  /** Forgets an id; nothing happens when there is none. */
  delete(id: string): Promise<void>;
  /** Removes what has expired and says how many. */
  sweep(): Promise<number>;
}

/** What ids look like: base64url of 16 random bytes or more. */
export const BLOB_ID = /^[A-Za-z0-9_-]{22,64}$/;

/** The refusal of more bytes than allowed. `noun` names them for the person: `The file`. */
export function tooLarge(noun: string, maxBytes: number): Fault {
  const units = ["bytes", "KiB", "MiB", "GiB"] as const;
  const step = maxBytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(maxBytes) / 10));
  const size = Math.floor(maxBytes / 1024 ** step * 10) / 10;
  return new Fault("too_large", `${noun} is larger than the ${size} ${units[step]} allowed`);
}
