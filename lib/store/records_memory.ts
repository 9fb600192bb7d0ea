import { Buffer } from "node:buffer";
import type {
  CommitOptions,
  Key,
  ListOptions,
  Op,
  RecordSize,
  Store,
  StoredRecord,
  StoreOptions,
  WatchOptions,
} from "./records.ts";
import { packCommit } from "./records_commit.ts";
import { type PackedKey, packKey, rangeOf, unpackKey } from "./records_key.ts";
import { unpackValue } from "./records_value.ts";
import { Watchers } from "./records_watch.ts";

/** Keeps records in memory: for tests and for a demo that may forget. They are gone when the process ends. */
export function memoryStore(options: StoreOptions = {}): Store {
  return new MemoryStore(options);
}

interface Entry {
  readonly text: string;
  readonly version: number;
  readonly expiresMs: number | null;
}

class MemoryStore implements Store {
  readonly #now: () => number;
  readonly #entries = new Map<PackedKey, Entry>();
  /** The keys of the entries, sorted. */
  readonly #keys: PackedKey[] = [];
  readonly #watchers = new Watchers();
  #version = 0;
  #closed = false;

  constructor({ now = Date.now }: StoreOptions) {
    this.#now = now;
  }

  async get(key: Key): Promise<StoredRecord | undefined> {
    this.#mustBeOpen();
    return this.#record(packKey(key));
  }

  async *list(options: ListOptions): AsyncGenerator<StoredRecord, void, undefined> {
    for (const key of this.#range(options)) {
      const record = this.#record(key);
      if (record) yield record;
    }
  }

  async *sizes(options: ListOptions): AsyncGenerator<RecordSize, void, undefined> {
    for (const key of this.#range(options)) {
      const { text, version } = this.#live(key) as Entry;
      yield { key: unpackKey(key), version, sizeBytes: key.length + Buffer.byteLength(text) };
    }
  }

  *#range(options: ListOptions): Generator<PackedKey, void, undefined> {
    let { from, to } = rangeOf(options);
    const { reverse = false, limit = Infinity } = options;
    for (let left = limit; left > 0;) {
      this.#mustBeOpen();
      const key = this.#keys[reverse ? this.#place(to) - 1 : this.#place(from)];
      if (key === undefined || key < from || key >= to) return;
      if (reverse) to = key;
      else from = key + "\0";
      if (this.#live(key) === undefined) continue;
      left--;
      yield key;
    }
  }

  async commit(ops: readonly Op[], options?: CommitOptions): Promise<number | undefined> {
    this.#mustBeOpen();
    const commit = packCommit(ops, options);
    if (!commit.checks.every(([key, version]) => (this.#live(key)?.version ?? 0) === version)) {
      return undefined;
    }
    const version = ++this.#version;
    for (const [key, text, expiresMs] of commit.ops) {
      if (text === null) this.#remove(key);
      else this.#set(key, { text, version, expiresMs });
    }
    this.#watchers.changed(commit.ops.map(([key]) => key));
    return version;
  }

  watch(prefix: Key, options?: WatchOptions): AsyncIterableIterator<Key> {
    this.#mustBeOpen();
    return this.#watchers.add(prefix, options);
  }

  async sweep(): Promise<number> {
    this.#mustBeOpen();
    const over = this.#keys.filter((key) => this.#live(key) === undefined);
    for (const key of over) this.#remove(key);
    return over.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#watchers.end();
    this.#entries.clear();
    this.#keys.length = 0;
  }

  #live(key: PackedKey): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && (entry.expiresMs ?? Infinity) > this.#now() ? entry : undefined;
  }

  #record(key: PackedKey): StoredRecord | undefined {
    const entry = this.#live(key);
    if (entry === undefined) return undefined;
    const { text, version, expiresMs } = entry;
    return { key: unpackKey(key), value: unpackValue(text), version, expiresMs: expiresMs ?? undefined };
  }

  #set(key: PackedKey, entry: Entry): void {
    if (!this.#entries.has(key)) this.#keys.splice(this.#place(key), 0, key);
    this.#entries.set(key, entry);
  }

  #remove(key: PackedKey): void {
    if (this.#entries.delete(key)) this.#keys.splice(this.#place(key), 1);
  }

  /** Index of the first key that is not before this one. */
  #place(key: PackedKey): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] as PackedKey) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("The store is closed");
  }
}
