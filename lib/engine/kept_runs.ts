import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
import { nameOf } from "./call.ts";
import type { Run } from "./run.ts";

/** Options for {@linkcode KeptRuns}. */
export interface KeptRunsOptions {
  /** Finished runs at most, but for those that their readers have not seen yet. */
  readonly count: number;
  /** Bytes that finished runs may take together, roughly. */
  readonly bytes: number;
  /** How long a run can be read after its end, in milliseconds. */
  readonly ms: number;
  /** How long a run that no reader has seen to its end is kept whatever the count, in milliseconds. */
  readonly graceMs: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

/** A run, and when it ended. */
interface Kept extends Linked<Kept> {
  /** None once it is forgotten: what is gone holds nothing. */
  run: Run | undefined;
  readonly name: string | undefined;
  endedMs: number | undefined;
  /** The size of its log when it ended. */
  bytes: number;
  /** The share that it is part of, once it is over. */
  share: Share | undefined;
}

/** The finished runs of one session. */
class Share implements Linked<Share> {
  before: Share | undefined = undefined;
  after: Share | undefined = undefined;
  readonly session: string;
  /** Those that a reader was given to their ends, in that order. They make room first. */
  readonly seen = new LinkedList<Kept>();
  /** All others, in the order of their ends. */
  readonly unseen = new LinkedList<Kept>();
  bytes = 0;
  level = 0;

  constructor(session: string) {
    this.session = session;
  }

  /** How many there are. */
  get size(): number {
    return this.seen.size + this.unseen.size;
  }
}

/** A run takes so much besides its log. */
const RUN_BYTES = 2048;
/** Shares are compared by powers of two of such a part of the whole. */
const PARTS = 2 ** 20;
const LEVELS = 32;
/** So many shares are looked at for each run that ends. */
const MOST_LOOKS = 8;

/**
 * The runs that can be read: those that go on, and those that are over until their time is up or there is no room for
 * them any more. Room is made by the session that has most, within a factor of two, its oldest run first: no session drives
 * out the results of others. A run that somebody reads stays; one that nobody has seen to its end stays for the grace time,
 * unless there are too many bytes.
 */
export class KeptRuns {
  readonly #options: KeptRunsOptions;
  /** By their ids. */
  readonly #kept = new Lookup<Kept>();
  /** By what their callers named them. */
  readonly #named = new Lookup<Kept>();
  readonly #going = new LinkedList<Kept>();
  /** By session. */
  readonly #shares = new Lookup<Share>();
  /** By size. In each, the share that changed longest ago comes first. */
  readonly #levels = Array.from({ length: LEVELS }, () => new LinkedList<Share>());
  #over = 0;
  #sessions = 0;
  #bytes = 0;

  /** Keeps none at first. */
  constructor(options: KeptRunsOptions) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#going.size + this.#over;
  }

  /** How many go on. */
  get busy(): number {
    return this.#going.size;
  }

  /** The runs that go on. */
  *going(): IterableIterator<Run> {
    for (const { run } of this.#going) yield run as Run;
  }

  /** Adds one that goes on. */
  add(run: Run): void {
    const name = nameOf(run.call);
    const kept: Kept = {
      run,
      name,
      endedMs: undefined,
      bytes: 0,
      share: undefined,
      before: undefined,
      after: undefined,
    };
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

  /** Takes note of the end of a run. */
  ended(run: Run): void {
    const kept = this.#kept.get(run.id);
    if (kept?.run !== run || kept.endedMs !== undefined) return;
    kept.endedMs = this.#options.now();
    kept.bytes = RUN_BYTES + run.weight;
    this.#going.remove(kept);
    const { id } = run.call.session;
    let share = this.#shares.get(id);
    if (share) this.#level(share).remove(share);
    else {
      share = new Share(id);
      this.#shares.set(id, share);
      this.#sessions++;
    }
    kept.share = share;
    (run.attention.isSeen ? share.seen : share.unseen).add(kept);
    this.#count(share, 1, kept.bytes);
    this.#place(share);
    this.#makeRoom(kept.endedMs);
  }

  /** Takes note that a reader was given the end of a run: there is less need to keep it. */
  seen(run: Run): void {
    if (run.attention.isSeen) return;
    const kept = this.#kept.get(run.id);
    const share = kept?.run === run ? kept.share : undefined;
    if (kept && share) share.unseen.remove(kept);
    run.attention.isSeen = true;
    if (kept && share) share.seen.add(kept);
  }

  /** Forgets a run. */
  remove(run: Run): void {
    const kept = this.#kept.get(run.id);
    if (kept?.run === run) this.#forget(kept);
  }

  #makeRoom(now: number): void {
    const { count, bytes, ms } = this.#options;
    let looks = MOST_LOOKS;
    for (let level = LEVELS - 1; level >= 0 && looks > 0; level--) {
      const shares = this.#levels[level] as LinkedList<Share>;
      for (let left = shares.size; left > 0 && looks > 0; left--) {
        const share = shares.first as Share;
        const isFull = this.#over > count || this.#bytes > bytes;
        if (
          !isFull && !this.#isOver(share.seen.first, now, ms) && !this.#isOver(share.unseen.first, now, ms)
        ) {
          break;
        }
        looks--;
        const gone = this.#toGo(share, now);
        if (gone) {
          this.#forget(gone);
          // It may have more that may go, or be on another level now.
          left = shares.size + 1;
        } else {
          shares.remove(share);
          shares.add(share);
        }
      }
    }
  }

  /** The run of a session that goes next, if one may go. */
  #toGo(share: Share, now: number): Kept | undefined {
    const { count, bytes, ms, graceMs } = this.#options;
    const must = this.#bytes > bytes;
    // A session with less than an equal part makes no room for others whose runs may not go yet.
    const may = must || share.size * this.#sessions > count;
    const seen = unread(share.seen);
    if (seen && (may || this.#isOver(seen, now, ms))) return seen;
    const unseen = unread(share.unseen);
    if (must || this.#isOver(unseen, now, may ? Math.min(graceMs, ms) : ms)) return unseen;
    return undefined;
  }

  #isOver(kept: Kept | undefined, now: number, ms: number): boolean {
    return kept?.endedMs !== undefined && now - kept.endedMs >= ms;
  }

  #forget(kept: Kept): void {
    const { run, name, share, bytes } = kept;
    if (!run || !this.#kept.delete(run.id)) return;
    kept.run = undefined;
    if (!share) this.#going.remove(kept);
    else {
      kept.share = undefined;
      this.#level(share).remove(share);
      (run.attention.isSeen ? share.seen : share.unseen).remove(kept);
      this.#count(share, -1, -bytes);
      if (share.size > 0) this.#place(share);
      else {
        this.#shares.delete(share.session);
        this.#sessions--;
      }
    }
    if (name !== undefined && this.#named.get(name) === kept) this.#named.delete(name);
  }

  #count(share: Share, runs: number, bytes: number): void {
    this.#over += runs;
    this.#bytes += bytes;
    share.bytes += bytes;
  }

  #level({ level }: Share): LinkedList<Share> {
    return this.#levels[level] as LinkedList<Share>;
  }

  #place(share: Share): void {
    const { count, bytes } = this.#options;
    const part = Math.max(share.size / Math.max(count, 1), share.bytes / Math.max(bytes, 1));
    share.level = 31 - Math.clz32(Math.min(part * PARTS, 2 ** 31) | 1);
    this.#level(share).add(share);
  }

  #fresh(kept: Kept | undefined): Run | undefined {
    if (!kept || kept.endedMs === undefined) return kept?.run;
    if (this.#options.now() - kept.endedMs <= this.#options.ms) return kept.run;
    this.#forget(kept);
    return undefined;
  }
}

/** The first run that nobody reads just now, of the next few. Those before it go to the end. */
function unread(runs: LinkedList<Kept>): Kept | undefined {
  for (let looks = Math.min(runs.size, MOST_LOOKS); looks > 0; looks--) {
    const first = runs.first as Kept;
    if (first.run?.attention.readers === 0) return first;
    runs.remove(first);
    runs.add(first);
  }
  return undefined;
}
