import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
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
interface Kept extends Linked<Kept> {
  /** None once it is forgotten: what is gone holds nothing. */
  run: Run | undefined;
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
  /** By their ids. */
  readonly #kept = new Lookup<Kept>();
  /** By what their callers named them. */
  readonly #named = new Lookup<Kept>();
  readonly #going = new LinkedList<Kept>();
  /** Those that are over, in that order. */
  readonly #over = new LinkedList<Kept>();
  #bytes = 0;

  /** Keeps none at first. */
  constructor(options: KeptRunsOptions) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#going.size + this.#over.size;
  }

  /** How many go on. */
  get busy(): number {
    return this.#going.size;
  }

  /** Those that go on. */
  *going(): IterableIterator<Run> {
    for (const { run } of this.#going) yield run as Run;
  }

  /** Adds one that goes on. */
  add(run: Run): void {
    const name = nameOf(run.call);
    const kept: Kept = { run, name, endedMs: undefined, bytes: 0, before: undefined, after: undefined };
    this.#kept.set(run.id, kept);
    if (name !== undefined) this.#named.set(name, kept);
    this.#going.add(kept);
  }

  /** The run of an id. */
  get(id: string): Run | undefined {
    return this.#fresh(this.#kept.get(id));
  }

  /** The run that its caller has named so, see `nameOf()`. */
  named(name: string): Run | undefined {
    return this.#fresh(this.#named.get(name));
  }

  /** Takes note of the end of a run. `isRead`: whether somebody reads a run. */
  ended(run: Run, isRead: (run: Run) => boolean): void {
    const kept = this.#kept.get(run.id);
    if (kept?.run !== run || kept.endedMs !== undefined) return;
    const now = this.#options.now();
    kept.endedMs = now;
    kept.bytes = run.weight;
    this.#bytes += kept.bytes;
    this.#going.remove(kept);
    this.#over.add(kept);
    this.#makeRoom(now, isRead);
  }

  /** Forgets a run. */
  remove(run: Run): void {
    const kept = this.#kept.get(run.id);
    if (kept?.run === run) this.#forget(kept);
  }

  #makeRoom(now: number, isRead: (run: Run) => boolean): void {
    const { count, bytes, ms } = this.#options;
    for (let old = this.#over.first; old;) {
      const fits = this.#over.size <= count && this.#bytes <= bytes && now - (old.endedMs ?? now) <= ms;
      if (fits) return;
      const { after }: Kept = old;
      if (!isRead(old.run as Run)) this.#forget(old);
      old = after;
    }
  }

  #forget(kept: Kept): void {
    const { run, name, endedMs, bytes } = kept;
    if (!run || !this.#kept.delete(run.id)) return;
    kept.run = undefined;
    if (endedMs === undefined) this.#going.remove(kept);
    else {
      this.#over.remove(kept);
      this.#bytes -= bytes;
    }
    if (name !== undefined && this.#named.get(name) === kept) this.#named.delete(name);
  }

  #fresh(kept: Kept | undefined): Run | undefined {
    if (!kept || kept.endedMs === undefined) return kept?.run;
    if (this.#options.now() - kept.endedMs <= this.#options.ms) return kept.run;
    this.#forget(kept);
    return undefined;
  }
}
