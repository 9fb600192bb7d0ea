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
} from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { World } from "./seeds.ts";

/** A disk that outlives the processes that use it. */
export interface SimulatedDisk {
  /** Opens it for the process that is now; what an earlier one still asks of it gets no answer any more. */
  open(): Store;
  /** The process is gone: what was not written is lost. What was written and not told of yet may be kept. */
  crash(): void;
  /** All records, as they are on the disk. */
  records(): Promise<StoredRecord[]>;
  /** Whether it is full from now on; `undefined`: at times, as the seed says. */
  full: boolean | undefined;
}

interface Job {
  readonly ops: readonly Op[];
  readonly options: CommitOptions | undefined;
  readonly answer: PromiseWithResolvers<number | undefined>;
}

/** A disk with the manners of the real one: commits in their order, some behind one write, slow, and full at times. */
export function simulatedDisk(world: World, options: StoreOptions): SimulatedDisk {
  const memory = memoryStore(options);
  let process: SimulatedStore | undefined;
  const disk: SimulatedDisk = {
    full: undefined,
    open: () => process = new SimulatedStore(world, memory, () => disk.full),
    crash: () => process?.crash(),
    records: () => Array.fromAsync(memory.list({ prefix: [] })),
  };
  return disk;
}

/** The disk as one process has it open. */
export class SimulatedStore implements Store {
  readonly #world: World;
  readonly #memory: Store;
  readonly #full: () => boolean | undefined;
  readonly #jobs: Job[] = [];
  #writing = false;
  #gone = false;
  #onDisk = false;
  #group: readonly Job[] = [];

  constructor(world: World, memory: Store, full: () => boolean | undefined) {
    this.#world = world;
    this.#memory = memory;
    this.#full = full;
  }

  get(key: Key): Promise<StoredRecord | undefined> {
    return this.#answered(this.#memory.get(key));
  }

  async *list(options: ListOptions): AsyncGenerator<StoredRecord, void, undefined> {
    for await (const record of this.#memory.list(options)) {
      yield await this.#answered(Promise.resolve(record));
    }
  }

  async *sizes(options: ListOptions): AsyncGenerator<RecordSize, void, undefined> {
    for await (const size of this.#memory.sizes(options)) yield await this.#answered(Promise.resolve(size));
  }

  commit(ops: readonly Op[], options?: CommitOptions): Promise<number | undefined> {
    const answer = Promise.withResolvers<number | undefined>();
    this.#jobs.push({ ops: structuredClone(ops), options, answer });
    if (!this.#writing) void this.#write();
    return answer.promise;
  }

  watch(prefix: Key, options?: WatchOptions): AsyncIterableIterator<Key> {
    return this.#memory.watch(prefix, options);
  }

  sweep(): Promise<number> {
    return this.#answered(this.#memory.sweep());
  }

  crash(): void {
    const { chance, note } = this.#world;
    if (this.#group.length > 0 && !this.#onDisk && chance.yes(0.5)) this.#apply(this.#group);
    note(`the process is gone, ${this.#jobs.length} commits with it`);
    this.#gone = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#writing) await this.#world.time.sleep(1);
  }

  #answered<T>(promise: Promise<T>): Promise<T> {
    return promise.then((value) => this.#gone ? new Promise<T>(() => {}) : value);
  }

  async #write(): Promise<void> {
    const { chance, time, note } = this.#world;
    this.#writing = true;
    while (this.#jobs.length > 0) {
      await time.sleep(chance.trouble("slow disk") ? chance.int(400) : chance.int(3));
      if (this.#gone) return;
      this.#group = this.#jobs.splice(0, 1 + chance.int(8));
      const full = this.#full() ?? chance.trouble("disk full");
      await time.sleep(chance.int(3));
      if (this.#gone) return;
      const results = full ? [] : this.#apply(this.#group);
      this.#onDisk = true;
      await time.sleep(chance.int(3));
      if (this.#gone) return;
      if (full) note(`the disk is full for ${this.#group.length} commits`);
      for (const [at, { answer }] of this.#group.entries()) {
        if (full) answer.reject(new Fault("no_space", "The server has no room left"));
        else results[at]!.then(answer.resolve, answer.reject);
      }
      [this.#group, this.#onDisk] = [[], false];
    }
    this.#writing = false;
  }

  #apply(jobs: readonly Job[]): Promise<number | undefined>[] {
    return jobs.map(({ ops, options }) => this.#memory.commit(ops, options));
  }
}
