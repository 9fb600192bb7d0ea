/** What is known of some kept bytes. */
export interface BlobRecord {
  /** Made by the server: 128 random bits or more, `[A-Za-z0-9_-]`. */
  readonly id: string;
  /** Session that may use it as an input. */
  readonly owner: string;
  /** Cleaned name to show: no path parts, control or bidirectional characters, at most 200 bytes of UTF-8. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Media type found by looking at the bytes; `application/octet-stream` when unknown. */
  readonly mime: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** From then on it is as if it had never been; milliseconds since 1970. */
  readonly expiresMs: number;
}

/** How to keep some bytes. */
export interface PutOptions {
  readonly owner: string;
  /** The name that the bytes came with; it is cleaned. */
  readonly name: string;
  /** More bytes than this are refused with `too_large` and nothing is kept. */
  readonly maxBytes?: number | undefined;
  /** How long to keep it, in milliseconds. */
  readonly keepMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Part of some bytes: both ends counted, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Keeps bytes under ids of its own making. Never holds a whole file in memory unless that is where it keeps them. */
export interface Blobs extends AsyncDisposable {
  /**
   * Keeps bytes. They are either kept whole or not at all.
   *
   * @throws {Fault} `too_large` past `maxBytes`, `no_space` when the disk or the owner's quota is full, `cancelled`
   * when the signal aborts or the sender goes away.
   */
  put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord>;
  /** The record of an id, `undefined` when there is none or its time is up. */
  get(id: string): Promise<BlobRecord | undefined>;
  /** The bytes of an id, or a part of them; `undefined` as for `get`. The reader must be read to its end or cancelled. */
  read(id: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined>;
  /** Forgets an id; nothing happens when there is none. */
  delete(id: string): Promise<void>;
  /** Removes what has expired and says how many. */
  sweep(): Promise<number>;
}
