import type { Op, Store } from "@/lib/store/records.ts";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
import type { DoneFrame, FrameBody } from "@/lib/wire/frame.ts";
import {
  type AcceptedRun,
  deletes,
  endOps,
  type FinishedRun,
  frameKey,
  frameOps,
  INTERRUPTED,
  LONG,
  nameFor,
  nameOf,
  OPEN,
  OVER,
  type Over,
  type UnfinishedRun,
} from "./journal_run.ts";
import { deleteUnder, piecesOf, setPieces, textUnder } from "./journal_text.ts";

export type { AcceptedRun, FinishedRun, UnfinishedRun } from "./journal_run.ts";

/** What {@linkcode Journal} is told. */
export interface JournalOptions {
  /** Where it is kept. The log does not close it. */
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Is told why frames could not be kept for now. They are tried again with the next, at the latest with the last. */
  readonly broke: (error: unknown) => void;
  /** How long a finished run can be read, in milliseconds. Default 24 hours. */
  readonly keepMs?: number | undefined;
  /** How long frames are gathered before they are kept, in milliseconds: so much a crash may take. Default 100. */
  readonly flushMs?: number | undefined;
}

/** A run that goes on in this process. */
class Live implements Linked<Live> {
  before: Live | undefined = undefined;
  after: Live | undefined = undefined;
  run: UnfinishedRun;
  /** How many records its acceptance takes. */
  parts: number;
  /** The `seq` of the frame that comes next. */
  next: number;
  /** Frames that are not on their way to the store yet. */
  waiting: FrameBody[] = [];
  done: DoneFrame | undefined = undefined;
  /** Whether its acceptance is asked for at the end of this turn: what is over by then takes one commit. */
  pending = false;
  /** Settles when its acceptance is kept, or was refused. Before that none of its frames are, but with its end. */
  accepting: Promise<void> | undefined = undefined;
  /** As that, and rejects when it was refused. */
  accepted: Promise<void> | undefined = undefined;
  /** Settles when the frames that are on their way are kept, or wait again. */
  writing: Promise<void> | undefined = undefined;
  /** Settles when its end is kept, or was refused. What waits is on its way with it. */
  ending: Promise<void> | undefined = undefined;
  /** Whether it has frames that wait for the next time that some are kept. */
  dirty = false;
  /** Whether some of its frames were kept before its end. */
  long = false;
  /** Whether what is kept of its frames is to go before others are kept: one among those stands for it. */
  anew = false;
  /** Whether the next frame does not follow the one before it, and so says its number. */
  gap = false;

  constructor(run: UnfinishedRun, parts: number, next: number) {
    this.run = run;
    this.parts = parts;
    this.next = next;
  }
}

/** How many frames lie between two attempts at one run: more than any attempt says. */
export const ATTEMPT_FRAMES = 1e9;

/**
 * What outlives a crash: which runs were accepted, what they said, how they ended. Commits take effect in the order in
 * which they are asked for, so a run may start, and even end, while its acceptance is still on its way to the disk; all
 * of it then shares one fsync. What must wait for {@linkcode Journal.accept} is the answer to the client.
 *
 * It is one piece because what is on its way to the store, of each run, decides what may be sent there next.
 */
export class Journal implements AsyncDisposable {
  readonly #options: JournalOptions;
  readonly #keepMs: number;
  /** By id. */
  readonly #live = new Lookup<Live>();
  readonly #all = new LinkedList<Live>();
  /** How many have frames that wait. */
  #dirty = 0;
  /** What runs of an earlier process are kept under, by id. */
  readonly #names = new Map<string, string>();
  #timer: Disposable | undefined;

  /** Makes a log; nothing is read or written yet. */
  constructor(options: JournalOptions) {
    this.#options = options;
    this.#keepMs = options.keepMs ?? 24 * 60 * 60 * 1000;
  }

  /**
   * Keeps a run. Resolves when it cannot be lost any more: from then on it is unfinished until it is finished. `request` is
   * asked for in this turn, if at all: what is over by its end is kept without.
   *
   * @throws {Fault} `no_space`: it was not accepted; its frames are dropped.
   */
  async accept(run: AcceptedRun, request?: () => Json): Promise<void> {
    if (this.#live.get(run.id)) throw new RangeError(`The run ${run.id} was accepted before`);
    const { store, now } = this.#options;
    const live = this.#add(new Live({ ...run, acceptedMs: now(), attempt: 1 }, 0, 1));
    live.pending = true;
    const told = () => {
      if (request) live.run = { ...live.run, request: request() };
      return piecesOf(JSON.stringify(live.run));
    };
    // As the values are now: a handler may go on to change them, unless they are letters and numbers.
    const early = isFlat(run) ? undefined : told();
    const kept = Promise.resolve().then(async () => {
      live.pending = false;
      if (live.done) {
        await store.commit(this.#endOps(live, live.done.outcome));
        return this.#forget(live);
      }
      const pieces = early ?? told();
      live.parts = pieces.length;
      if (live.waiting.length > 0) this.#soon(live);
      await store.commit(setPieces([...OPEN, nameOf(live.run)], pieces));
    });
    const settled = () => void (live.accepting = undefined);
    live.accepted = kept;
    live.accepting = kept.then(settled, settled);
    try {
      await kept;
    } catch (error) {
      this.#forget(live);
      throw error;
    }
  }

  /**
   * What a session's call is read by once it is over, see {@linkcode Journal.read}; `undefined` when there is none, it is
   * not over, or its time is up.
   */
  async runOf(session: string, call: string): Promise<string | undefined> {
    const name = nameFor(session, call);
    return await this.#options.store.get([...OVER, name]) ? name : undefined;
  }

  /**
   * Takes frames, the first of which has `seq` `fromSeq`, and keeps them a little later together with others. Never
   * waits and never fails for want of a disk. Frames that it has already are passed over; those of a run that is not
   * open here (never accepted, refused, or over) are dropped.
   *
   * @throws {RangeError} when frames are missing before them.
   */
  append(id: string, fromSeq: number, frames: readonly FrameBody[]): void {
    const live = this.#take(id, fromSeq, frames);
    if (live && !live.pending) this.#soon(live);
  }

  /**
   * Takes a frame that stands for all up to `seq`, itself included. They are forgotten.
   *
   * @throws {RangeError} when frames are missing before it.
   */
  whole(id: string, seq: number, frame: FrameBody): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    if (seq > live.next) throw new RangeError(`Frame ${live.next} of the run comes next, not ${seq}`);
    live.waiting = [numberedAs(frame, seq)];
    live.gap = false;
    live.next = seq + 1;
    live.anew = true;
    if (!live.pending) this.#soon(live);
  }

  /** Has a run that goes on run again by the next process, which ends it otherwise. Its frames are not taken any more. */
  async leave(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined) return;
    while (live.accepting) await live.accepting;
    while (live.writing) await live.writing;
    const pieces = piecesOf(JSON.stringify({ ...live.run, retry: true }));
    const under = [...OPEN, nameOf(live.run)];
    this.#forget(live);
    await this.#options.store.commit([...deletes(under, live.parts), ...setPieces(under, pieces)]);
  }

  /**
   * Takes the last frames, as `append` does, and ends the run. Resolves when its end cannot be lost any more. When it
   * fails the run stays open: the same call may be made again.
   *
   * @throws {RangeError} when the last frame is not `done`.
   * @throws {Fault} `no_space`.
   */
  async finish(id: string, fromSeq: number, frames: readonly FrameBody[]): Promise<void> {
    const live = this.#take(id, fromSeq, frames);
    if (live === undefined) return;
    if (live.done === undefined) throw new RangeError(`The last frame of the run ${id} is not "done"`);
    // Its acceptance takes it along.
    if (live.pending) return await live.accepted;
    const { done } = live;
    live.ending ??= this.#keepEnd(live, done.outcome).finally(() => live.ending = undefined);
    await live.ending;
  }

  /**
   * What a finished run said after the frame `after`; `undefined` when it is not finished or its time is up. `name`: what
   * `runOf` gave for its call, or its id where its client called it nothing.
   */
  async read(name: string, after = 0): Promise<FinishedRun | undefined> {
    const { store } = this.#options;
    const over = (await store.get([...OVER, name]))?.value as unknown as Over | undefined;
    if (over === undefined) return undefined;
    const { tail, cutAt, ...rest } = over;
    const kept = numbered(await textUnder(store, frameKey(name)) + tail);
    // Whoever saw more than was kept has yet to be told of the end: it comes after what they saw.
    const shift = cutAt !== undefined && after >= cutAt ? after - cutAt + 1 : 0;
    const frames = kept.filter(({ seq }) => seq + shift > after)
      .map((frame) => ({ ...frame, seq: frame.seq + shift }));
    return { ...rest, frames };
  }

  /** The runs that were accepted before this process began, and have no end. To be asked at the start, before `again`. */
  async unfinished(): Promise<UnfinishedRun[]> {
    const texts = new Map<string, string>();
    for await (const { key, value } of this.#options.store.list({ prefix: OPEN })) {
      const name = String(key[OPEN.length]);
      texts.set(name, (texts.get(name) ?? "") + value);
    }
    const runs = Array.from(texts.values(), (text) => JSON.parse(text) as UnfinishedRun);
    for (const run of runs) this.#names.set(run.id, nameOf(run));
    return runs.filter(({ id }) => !this.#live.get(id));
  }

  /**
   * Opens an unfinished run once more, to be run from its first frame: what it said is forgotten, the attempt counted.
   * Resolves when that cannot be lost any more, and only then should it be run, or a run that takes the process down
   * would never be given up. `undefined` when there is no such unfinished run, or it goes on already.
   */
  async again(id: string): Promise<UnfinishedRun | undefined> {
    const { store } = this.#options;
    const [before, parts] = await this.#open(id);
    if (before === undefined || this.#live.get(id)) return undefined;
    const run: UnfinishedRun = { ...before, attempt: before.attempt + 1 };
    const pieces = piecesOf(JSON.stringify(run));
    // Higher than any number that a reader of an earlier attempt may have seen.
    const next = before.attempt * ATTEMPT_FRAMES + 1;
    const live = this.#add(new Live(run, pieces.length, next));
    live.gap = true;
    try {
      const name = nameOf(run);
      await deleteUnder(store, frameKey(name));
      await store.commit([...deletes([...OPEN, name], parts), ...setPieces([...OPEN, name], pieces)]);
      return run;
    } catch (error) {
      this.#forget(live);
      throw error;
    }
  }

  /**
   * Ends an unfinished run, or one that goes on here, with a `failed` frame that says `fault` and a `done` frame. Does
   * nothing when there is no such run. Readers who saw more than was kept are told as well, see `read`.
   */
  async interrupted(id: string, fault: FaultJson = INTERRUPTED): Promise<void> {
    const { store, now } = this.#options;
    const live = this.#live.get(id);
    const [run, parts] = live ? [live.run, live.parts] : await this.#open(id);
    if (run === undefined) return;
    const frames: readonly FrameBody[] = [
      { type: "failed", action: run.action, ...fault },
      { type: "done", outcome: "failed", ms: Math.max(0, now() - run.acceptedMs) },
    ];
    if (live) return await this.finish(id, live.next, live.done ? [] : frames);
    const kept = numbered(await textUnder(store, frameKey(nameOf(run)))).at(-1)?.seq ?? 0;
    const place = { fromSeq: kept + 1, cutAt: kept + 1, long: kept > 0 };
    await store.commit(endOps(run, { outcome: "failed", frames, parts, ...place, ...this.#times() }));
  }

  /** Removes what has been kept long enough, here and in the whole store; says how many runs and records. */
  async sweep(): Promise<number> {
    const { store, now } = this.#options;
    let count = 0;
    const end = [...LONG, Math.floor(now() - this.#keepMs) + 1];
    for await (const { key } of store.list({ prefix: LONG, end })) {
      await deleteUnder(store, frameKey(String(key.at(-1))));
      await store.commit([{ type: "delete", key }]);
      count++;
    }
    return count + await store.sweep();
  }

  /** Keeps at once what waits to be kept, and resolves when it is. Runs that go on can go on. */
  async flush(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#dirty = 0;
    for (const live of this.#all) live.dirty = false;
    await Promise.all(Array.from(this.#all, (live) => this.#keepAll(live)));
  }

  /** Keeps what waits to be kept. The store stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    do await this.flush(); while (this.#dirty > 0);
  }

  /** The unfinished run of an id as it is kept, and how many records that takes. */
  async #open(id: string): Promise<[run: UnfinishedRun | undefined, parts: number]> {
    const prefix = [...OPEN, this.#names.get(id) ?? id];
    const records = await Array.fromAsync(this.#options.store.list({ prefix }));
    if (records.length === 0) return [undefined, 0];
    return [JSON.parse(records.map(({ value }) => value).join("")), records.length];
  }

  #add(live: Live): Live {
    this.#live.set(live.run.id, live);
    this.#all.add(live);
    return live;
  }

  #take(id: string, fromSeq: number, frames: readonly FrameBody[]): Live | undefined {
    const live = this.#live.get(id);
    if (live === undefined) return undefined;
    if (fromSeq > live.next) throw new RangeError(`Frame ${live.next} of the run comes next, not ${fromSeq}`);
    for (const frame of frames.slice(live.next - fromSeq)) {
      live.waiting.push(live.gap ? numberedAs(frame, live.next) : frame);
      live.gap = false;
      live.next++;
      if (frame.type === "done") live.done = frame;
    }
    return live;
  }

  #soon(live: Live): void {
    if (!live.dirty) this.#dirty++;
    live.dirty = true;
    const { after, flushMs = 100 } = this.#options;
    this.#timer ??= after(flushMs, () => void this.flush());
  }

  async #keepAll(live: Live): Promise<void> {
    if (live.accepting && live.waiting.length > 0) await live.accepting;
    while (live.writing) await live.writing;
    if (this.#live.get(live.run.id) !== live) return;
    if (live.ending) return await live.ending.catch(() => {});
    if (live.waiting.length > 0) await (live.writing = this.#write(live));
  }

  async #write(live: Live): Promise<void> {
    const { store, broke } = this.#options;
    const frames = live.waiting;
    const { anew } = live;
    live.waiting = [];
    live.long = true;
    live.anew = false;
    try {
      const name = nameOf(live.run);
      if (anew) await deleteUnder(store, frameKey(name));
      await store.commit(frameOps(name, live.next - frames.length, frames));
    } catch (error) {
      live.anew ||= anew;
      live.waiting = [...frames, ...live.waiting];
      broke(error);
    } finally {
      live.writing = undefined;
    }
  }

  async #keepEnd(live: Live, outcome: DoneFrame["outcome"]): Promise<void> {
    while (live.writing) await live.writing;
    if (live.anew && live.long) await deleteUnder(this.#options.store, frameKey(nameOf(live.run)));
    live.anew = false;
    try {
      await this.#options.store.commit(this.#endOps(live, outcome));
    } catch (error) {
      this.#soon(live);
      throw error;
    }
    this.#forget(live);
  }

  #endOps({ run, waiting, next, parts, long }: Live, outcome: DoneFrame["outcome"]): Op[] {
    const rest = { frames: waiting, fromSeq: next - waiting.length, parts, long };
    return endOps(run, { outcome, ...rest, ...this.#times() });
  }

  #times(): { readonly endedMs: number; readonly expiresMs: number } {
    const endedMs = this.#options.now();
    return { endedMs, expiresMs: endedMs + this.#keepMs };
  }

  #forget(live: Live): void {
    const { id } = live.run;
    if (this.#live.get(id) !== live) return;
    this.#live.delete(id);
    this.#all.remove(live);
    if (live.dirty) this.#dirty--;
    if (this.#dirty > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}

function isFlat({ input, rest, event }: AcceptedRun): boolean {
  for (const name in input) if (typeof input[name] === "object") return false;
  for (const key in rest) if (typeof rest[key] === "object") return false;
  return typeof event !== "object";
}

function numberedAs(frame: FrameBody, seq: number): FrameBody {
  const itself: FrameBody & { readonly seq: number } = { ...frame, seq };
  return itself;
}

// A frame that stands for those before it says its own number; the others follow one by one.
function numbered(lines: string): (FrameBody & { readonly seq: number })[] {
  let last = 0;
  return lines.split("\n").slice(0, -1).map((line) => {
    const frame = JSON.parse(line) as FrameBody & { readonly seq?: number };
    last = frame.seq ?? last + 1;
    return { ...frame, seq: last };
  });
}
