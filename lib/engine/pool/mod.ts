/**
 * Runs handlers made by `remote()` outside the server's loop: in workers, or in processes of their own.
 *
 * @module
 */
import type { RemoteRunner } from "@/lib/demo/remote.ts";
import type { Pool, PoolLoad, PoolOptions, Task } from "./port.ts";
import { ProcessPool, type ProcessPoolOptions } from "./process_pool.ts";
import { WorkerPool } from "./worker_pool.ts";

export type { Pool, PoolClock, PoolLoad, PoolOptions, Task } from "./port.ts";
export { ProcessPool, type ProcessPoolOptions } from "./process_pool.ts";
export { WorkerPool } from "./worker_pool.ts";

/** Both kinds of pools behind one door. Nothing is started before the first call of a kind. */
export class Pools implements Pool {
  readonly #options: PoolOptions & ProcessPoolOptions;
  #workers: WorkerPool | undefined;
  #processes: ProcessPool | undefined;

  /** Seats start on demand. */
  constructor(options: PoolOptions & ProcessPoolOptions) {
    this.#options = options;
  }

  /** For `runRemotesBy()`. */
  readonly runner: RemoteRunner = (target, input, context) => this.run({ ...target, input, context });

  run(task: Task): AsyncGenerator<unknown, unknown, undefined> {
    return task.options.runs === "worker"
      ? (this.#workers ??= new WorkerPool(this.#options)).run(task)
      : (this.#processes ??= new ProcessPool(this.#options)).run(task);
  }

  get load(): PoolLoad {
    const sum = { seats: 0, busy: 0, waiting: 0, abandoned: 0, deaths: 0 };
    for (const pool of [this.#workers, this.#processes]) {
      if (!pool) continue;
      for (const key of Object.keys(sum) as (keyof PoolLoad)[]) sum[key] += pool.load[key];
    }
    return sum;
  }

  async close(): Promise<void> {
    await Promise.all([this.#workers?.close(), this.#processes?.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
