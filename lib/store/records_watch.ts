import type { Key, WatchOptions } from "./records.ts";
import { type PackedKey, rangeOf, unpackKey } from "./records_key.ts";

/** The watchers of a store in this process. */
export class Watchers {
  readonly #all = new Set<Watch>();

  /** Begins a watch. */
  add(prefix: Key, { signal }: WatchOptions = {}): AsyncIterableIterator<Key> {
    const watch = new Watch(rangeOf({ prefix }), (watch) => {
      this.#all.delete(watch);
      signal?.removeEventListener("abort", stop);
    });
    const stop = () => void watch.return();
    this.#all.add(watch);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    return watch;
  }

  /** Tells of keys that were set or deleted. */
  changed(keys: Iterable<PackedKey>): void {
    if (this.#all.size === 0) return;
    for (const key of keys) for (const watch of this.#all) watch.changed(key);
  }

  /** Ends all. */
  end(): void {
    for (const watch of this.#all) watch.return();
  }
}

class Watch implements AsyncIterableIterator<Key> {
  readonly #range: { readonly from: PackedKey; readonly to: PackedKey };
  readonly #ended: (watch: Watch) => void;
  // A set: a slow watcher is told of each key once, so the queue is never longer than the number of keys.
  readonly #keys = new Set<PackedKey>();
  readonly #asked: ((result: IteratorResult<Key, undefined>) => void)[] = [];
  #over = false;

  constructor(range: { from: PackedKey; to: PackedKey }, ended: (watch: Watch) => void) {
    this.#range = range;
    this.#ended = ended;
  }

  changed(key: PackedKey): void {
    if (key < this.#range.from || key >= this.#range.to) return;
    const resolve = this.#asked.shift();
    if (resolve) resolve({ done: false, value: unpackKey(key) });
    else this.#keys.add(key);
  }

  next(): Promise<IteratorResult<Key, undefined>> {
    for (const key of this.#keys) {
      this.#keys.delete(key);
      return Promise.resolve({ done: false, value: unpackKey(key) });
    }
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#asked.push(resolve));
  }

  return(): Promise<IteratorResult<Key, undefined>> {
    if (!this.#over) this.#ended(this);
    this.#over = true;
    this.#keys.clear();
    for (const resolve of this.#asked.splice(0)) resolve({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
