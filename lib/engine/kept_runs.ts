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

/** A run, and when it ended. */
interface Kept {
  readonly run: Run;
  readonly name: string | undefined;
  endedMs: number | undefined;
  /** What its log took when it ended. */
  bytes: number;
}

/**
 * The runs that can be read: those that go on, and those that are over until their time is up or there is no room for
 * them any more. What ended longest ago goes first; one that somebody reads stays.
 */
export class KeptRuns {
  readonly #options: KeptRunsOptions;
  readonly #runs = new Map<string, Kept>();
  readonly #named = new Map<string, Kept>();
  /** Those that are over, in that order, from `#first` on. A list that is cut now and then: a map costs more. */
  #over: (Kept | undefined)[] = [];
  #first = 0;
  #going = 0;
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
    for (const { run } of this.#runs.values()) if (!run.finished) yield run;
  }

  /** Adds one that goes on. */
  add(run: Run): void {
    const kept: Kept = { run, name: nameOf(run.call), endedMs: undefined, bytes: 0 };
    this.#runs.set(run.id, kept);
    if (kept.name !== undefined) this.#named.set(kept.name, kept);
    this.#going++;
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
    const kept = this.#runs.get(run.id);
    if (kept?.run !== run || kept.endedMs !== undefined) return;
    const now = this.#options.now();
    kept.endedMs = now;
    kept.bytes = run.weight;
    this.#bytes += kept.bytes;
    this.#going--;
    this.#over.push(kept);
    this.#makeRoom(now, isRead);
  }

  /** Forgets a run. */
  remove(run: Run): void {
    const kept = this.#runs.get(run.id);
    if (kept?.run === run) this.#forget(kept);
  }

  #makeRoom(now: number, isRead: (run: Run) => boolean): void {
    const { count, bytes, ms } = this.#options;
    for (let at = this.#first; at < this.#over.length; at++) {
      const old = this.#over[at];
      const fits = this.#runs.size - this.#going <= count && this.#bytes <= bytes &&
        (old === undefined || now - (old.endedMs ?? now) <= ms);
      if (fits) break;
      if (old !== undefined) {
        if (isRead(old.run)) continue;
        this.#forget(old);
        this.#over[at] = undefined;
      }
      if (at === this.#first) this.#first++;
    }
    if (this.#first > 1024 && this.#first > this.#over.length / 2) {
      this.#over = this.#over.slice(this.#first).filter((kept) => kept !== undefined);
      this.#first = 0;
    }
  }

  #forget(kept: Kept): void {
    const { run, name, endedMs, bytes } = kept;
    if (!this.#runs.delete(run.id)) return;
    if (endedMs === undefined) this.#going--;
    else this.#bytes -= bytes;
    if (name !== undefined && this.#named.get(name) === kept) this.#named.delete(name);
  }

  #fresh(kept: Kept | undefined): Run | undefined {
    if (!kept || kept.endedMs === undefined) return kept?.run;
    if (this.#options.now() - kept.endedMs <= this.#options.ms) return kept.run;
    this.#forget(kept);
    return undefined;
  }
}
