/** A part of a key. Numbers are finite; strings are well-formed. */
export type KeyPart = string | number;

/**
 * Where a record stands: parts from the general to the particular, such as `["runs", "open", id]`. Keys are ordered
 * part by part like those of Deno KV: strings before numbers, strings by their UTF-8 bytes, numbers by size. A key
 * comes before its extensions.
 */
export type Key = readonly KeyPart[];

/**
 * The content of a record: plain data, and bytes. An undefined entry of an object counts as absent, `-0` becomes
 * `0`. Each read returns a copy.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** A record as it is read. */
export interface StoredRecord {
  /** Where it stands. */
  readonly key: Key;
  /** The content. */
  readonly value: Value;
  /** Changes with every writing and never comes back, not after a restart either. 1 or more. */
  readonly version: number;
  /** From then on it is as if it had never been; milliseconds since 1970. `undefined`: it stays. */
  readonly expiresMs: number | undefined;
}

/** How much a record takes, without its value. */
export interface RecordSize {
  /** Where it stands. */
  readonly key: Key;
  /** As in {@linkcode StoredRecord}: the higher, the later it was written. */
  readonly version: number;
  /** Bytes of its key and its value as they are kept. */
  readonly sizeBytes: number;
}

/** One change of a commit. A record that is set without `expiresMs` stays until it is deleted. */
export type Op =
  | {
    /** Always `set`. */
    readonly type: "set";
    /** Where. */
    readonly key: Key;
    /** The value: at most {@linkcode MAX_VALUE_BYTES}. */
    readonly value: Value;
    /** Until when, in milliseconds since 1970. */
    readonly expiresMs?: number | undefined;
  }
  | {
    /** Always `delete`. Deleting a missing record is not an error. */
    readonly type: "delete";
    /** Where. */
    readonly key: Key;
  };

/** A condition of a commit. */
export interface Check {
  /** Of which record. */
  readonly key: Key;
  /** The version that it must still have; `null`: there must be none. */
  readonly version: number | null;
}

/** How to commit. */
export interface CommitOptions {
  /** All must hold, or nothing is written. */
  readonly checks?: readonly Check[] | undefined;
}

/** Which records to list. */
export interface ListOptions {
  /** Keys that go on from this one, itself left out. `[]` means all. */
  readonly prefix: Key;
  /** From this whole key on, itself counted. */
  readonly start?: Key | undefined;
  /** Up to this whole key, itself not counted. */
  readonly end?: Key | undefined;
  /** At most so many. Default: no limit. */
  readonly limit?: number | undefined;
  /** From the last to the first. */
  readonly reverse?: boolean | undefined;
}

/** How to watch. */
export interface WatchOptions {
  /** Ends the watching. */
  readonly signal?: AbortSignal | undefined;
}

/** News of a store, each a line for the log. */
export interface StoreNews {
  /** `failed`: it cannot be written. `well`: it can again. `lost`: something that was kept is missing. */
  readonly type: "failed" | "well" | "lost";
  /** The line. */
  readonly message: string;
}

/** Options for every adapter of {@linkcode Store}. */
export interface StoreOptions {
  /** Hears the news of the store. An adapter that cannot fail has none. */
  readonly told?: ((news: StoreNews) => void) | undefined;
  /** Milliseconds since 1970, for what expires. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Keeps small records under ordered keys. One process at a time uses one store. */
export interface Store extends AsyncDisposable {
  /**
   * The record of a key, `undefined` when there is none or its time is up. Sees every commit that has resolved.
   *
   * @throws {Fault} `offline` when it cannot be read; `list` does so too.
   */
  get(key: Key): Promise<StoredRecord | undefined>;
  /**
   * The records of a range in the order of their keys. No snapshot: what is written meanwhile may or may not be seen,
   * but no key comes twice or out of order.
   */
  list(options: ListOptions): AsyncIterableIterator<StoredRecord>;
  /** As {@linkcode Store.list}, without values: costs the same however large they are. */
  sizes(options: ListOptions): AsyncIterableIterator<RecordSize>;
  /**
   * Writes everything or nothing, and resolves when it is durable. The result is the version of the written
   * records, or `undefined` when a check failed. Commits take effect in the order of the calls, and the operations
   * of a commit in the order of the array. Values are taken as they are at the call.
   *
   * @throws {TypeError} for a key or value that cannot be kept.
   * @throws {RangeError} past {@linkcode MAX_VALUE_BYTES}, {@linkcode MAX_KEY_BYTES}, {@linkcode MAX_OPS}.
   * @throws {Fault} `no_space` on a full disk: nothing was written; `offline` for other failures of writing. The
   * next successful commit decides that it was not written. Later commits may succeed in both cases.
   */
  commit(ops: readonly Op[], options?: CommitOptions): Promise<number | undefined>;
  /**
   * Keys under a prefix that this process sets or deletes from the call on, once they are durable. A key that changes
   * again before it is taken comes once. Expiry is not reported. End it by leaving the loop, `return()` or the signal.
   */
  watch(prefix: Key, options?: WatchOptions): AsyncIterableIterator<Key>;
  /** Removes what has expired and says how many. */
  sweep(): Promise<number>;
  /** Waits for the commits under way; afterwards every method fails, watches and lists end. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The most bytes of one value, as JSON in UTF-8; bytes count 4/3 of their number: 1 MiB. */
export const MAX_VALUE_BYTES = 1_048_576;

/** The most bytes of one key: its text in UTF-8, nine bytes a number, two more for each string. */
export const MAX_KEY_BYTES = 2048;

/** The most ops, and the most checks, of one commit. */
export const MAX_OPS = 1000;
