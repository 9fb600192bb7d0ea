import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";

/** The record of stored bytes. */
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

/** The public part of a record; `url` is the path of the bytes. */
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

/** Options for every adapter of {@linkcode Blobs}. */
export interface BlobsOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** As many random bytes as asked for; ids are made of them. Default `crypto.getRandomValues`. */
  readonly random?: ((length: number) => Uint8Array) | undefined;
  /** How long to keep what `put` names no time for, in milliseconds. Default 24 hours. */
  readonly keepMs?: number | undefined;
  /** The most bytes of one file, whatever `put` says. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** The most bytes that one owner may have here at a time, unfinished uploads and all. Default 4 GiB. */
  readonly quotaBytes?: number | undefined;
  /** The most files that one owner may have here at a time, unfinished uploads and all. Default 10,000. */
  readonly quotaFiles?: number | undefined;
  /** The most bytes of all owners together. Default no limit but that of the place. */
  readonly totalBytes?: number | undefined;
  /** Bytes that each file counts besides its own: its record, what a disk rounds up. Default none. */
  readonly fileBytes?: number | undefined;
  /** The most uploads that one owner may have begun at a time. Default 100. */
  readonly quotaUploads?: number | undefined;
  /** The most unfinished uploads of one network at a time, over all owners. Default 1,000. */
  readonly networkUploads?: number | undefined;
  /** How long an upload waits for its next piece, in milliseconds. Default an hour, `keepMs` if that is shorter. */
  readonly keepPartMs?: number | undefined;
}

/** Bytes that come in pieces, before they are whole. */
export interface Upload {
  /** Made by the server like every other; once the bytes are whole, it is the id of their record. */
  readonly id: string;
  /** Session that may go on with it. Nobody else is told that it is there. */
  readonly owner: string;
  /** How many bytes there will be. */
  readonly size: number;
  /** How many bytes are here, from the first one on. */
  readonly offset: number;
  /** From then on it is as if it had never been, unless a piece comes; milliseconds since 1970. */
  readonly expiresMs: number;
}

/** The announcement of an upload in pieces. */
export interface BeginOptions extends Omit<PutOptions, "signal"> {
  /** How many bytes there will be. */
  readonly size: number;
  /** The network that it comes from, for its share of the uploads that have begun. Not kept. */
  readonly network?: string | undefined;
}

/** Where a piece belongs. */
export interface AppendOptions {
  /** Place of its first byte: as many bytes as are here already. */
  readonly offset: number;
  /** Whether the bytes are whole with it. */
  readonly last: boolean;
  /** Ends the piece; what has come of it stays. */
  readonly signal?: AbortSignal | undefined;
}

/** Keeps bytes under ids of its own making. Never holds a whole file in memory unless that is where it keeps them. */
export interface Blobs extends AsyncDisposable {
  /**
   * Keeps bytes. They are either kept whole or not at all; a stream is read to its end or cancelled.
   *
   * @throws {Fault} `too_large` past `maxBytes` or the owner's quota, `no_space` when the place is full, `cancelled`
   * when the signal aborts or the sender goes away. A fault that the stream itself fails with comes through.
   */
  put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord>;
  /** The record of an id, `undefined` when there is none or its time is up. Any text may be asked for. */
  get(id: string): Promise<BlobRecord | undefined>;
  /**
   * The bytes of an id, or a part of them; `undefined` as for `get`. The reader must be read to its end or cancelled.
   */
  read(id: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined>;
  /** Forgets an id, that of an upload too; nothing happens when there is none. */
  delete(id: string): Promise<void>;
  /**
   * Begins to keep bytes that come in pieces. They count for the quota as they come, and nobody can read them before
   * they are whole.
   *
   * @throws {Fault} `too_large` when so many bytes may not be kept, `no_space`; `rate_limited` when the owner or
   * the network has begun too many.
   */
  begin(options: BeginOptions): Promise<Upload>;
  /** How far an upload is, `undefined` when there is none or its time is up. Any text may be asked for. */
  upload(id: string): Promise<Upload | undefined>;
  /** As `upload`, but a piece that is just coming is ended first: its sender may be gone without a word. */
  settle(id: string): Promise<Upload | undefined>;
  /**
   * Adds a piece. The received part stays when its sender disconnects. It returns the record when the bytes are
   * complete.
   *
   * @throws {Fault} `conflict` at another offset, or while another piece arrives; `not_found` for an unknown
   * upload; `bad_request` for too many or too few bytes in all; `cancelled`. With `too_large` and
   * `no_space`, as for `put`, nothing of the upload is left.
   */
  append(
    id: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    options: AppendOptions,
  ): Promise<BlobRecord | undefined>;
  /** Removes what has expired, uploads without a next piece too, and says how many. */
  sweep(): Promise<number>;
}

/** The form of ids: base64url of 16 random bytes or more. */
export const BLOB_ID = /^[A-Za-z0-9_-]{22,64}$/;

/** The refusal of more bytes than allowed. `noun` names them for the person: `The file`. */
export function tooLarge(noun: string, maxBytes: number): Fault {
  const units = ["bytes", "KiB", "MiB", "GiB"] as const;
  const step = maxBytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(maxBytes) / 10));
  const size = Math.floor(maxBytes / 1024 ** step * 10) / 10;
  return new Fault("too_large", `${noun} is larger than the ${size} ${units[step]} allowed`);
}
