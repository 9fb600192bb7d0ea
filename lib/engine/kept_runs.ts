import { nameOf } from "./call.ts";
import type { Run } from "./run.ts";

/** How much of what is over is kept. */
export interface KeptRunsOptions {
  /** Finished runs at most. */
  readonly count: number;
  /** What their logs may take together, in bytes, roughly. */
  readonly bytes: number;
  /** How long a run can be read after its end, in milliseconds. */
  readonly ms: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

/**
 * The runs that can be read: those that go on, and those that are over until their time is up or there is no room for
 * them any more. What ended longest ago goes first; one that somebody reads stays.
 */
export class KeptRuns {
  readonly #options: KeptRunsOptions;
  readonly #runs = new Map<string, Run>();
  readonly #named = new Map<string, Run>();
  /** When each that is over ended, in that order. */
  readonly #over = new Map<Run, number>();
  #bytes = 0;

  /** Keeps none at first. */
  constructor(options: KeptRunsOptions) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#runs.size;
  }

  /** Those that go on. */
  *going(): IterableIterator<Run> {
    for (const run of this.#runs.values()) if (!run.finished) yield run;
  }

  /** Adds one that goes on. */
  add(run: Run): void {
    this.#runs.set(run.id, run);
    const name = nameOf(run.call);
    if (name !== undefined) this.#named.set(name, run);
  }

  /** The run of an id. */
  get(id: string): Run | undefined {
    return this.#fresh(this.#runs.get(id));
  }

  /** The run of the name that its caller gave it, see `nameOf()`. */
  named(name: string): Run | undefined {
    return this.#fresh(this.#named.get(name));
  }

  /** Takes note of the end of a run. `isRead`: whether somebody reads a run. */
  ended(run: Run, isRead: (run: Run) => boolean): void {
    if (this.#runs.get(run.id) !== run) return;
    const { count, bytes, ms, now } = this.#options;
    this.#over.set(run, now());
    this.#bytes += run.weight;
    for (const [old, endedMs] of this.#over) {
      const fits = this.#over.size <= count && this.#bytes <= bytes && now() - endedMs <= ms;
      if (fits) return;
      if (!isRead(old)) this.remove(old);
    }
  }

  /** Forgets a run. */
  remove(run: Run): void {
    if (this.#runs.get(run.id) !== run) return;
    this.#runs.delete(run.id);
    if (this.#over.delete(run)) this.#bytes -= run.weight;
    const name = nameOf(run.call);
    if (name !== undefined && this.#named.get(name) === run) this.#named.delete(name);
  }

  #fresh(run: Run | undefined): Run | undefined {
    const endedMs = run && this.#over.get(run);
    if (!run || endedMs === undefined || this.#options.now() - endedMs <= this.#options.ms) return run;
    this.remove(run);
    return undefined;
  }
}
