import type { Op, Store } from "@/lib/store/records.ts";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
import type { DoneFrame, FailedFrame, FrameBody } from "@/lib/wire/frame.ts";
import {
  type AcceptedRun,
  deletes,
  endOps,
  type FinishedRun,
  frameKey,
  frameOps,
  INTERRUPTED,
  LIFE,
  LONG,
  nameFor,
  nameOf,
  type NumberedFrame,
  OPEN,
  OVER,
  type Over,
  type UnfinishedRun,
} from "./journal_run.ts";
import { deleteUnder, piecesOf, setPieces, textUnder } from "./journal_text.ts";
import { type End, LateEnds } from "./late_ends.ts";

export type { AcceptedRun, FinishedRun, UnfinishedRun } from "./journal_run.ts";

/** The changes that a run leaves in its session: kept in one commit with its end. */
export interface Left {
  /** Id of the session. */
  readonly session: string;
  /** What is written. */
  readonly ops: readonly Op[];
  /** Called once, when it cannot be lost any more, or is not to be kept. */
  readonly settled: () => void;
}

/** Options of {@linkcode Journal}. */
export interface JournalOptions {
  /** Where it is kept. The log does not close it. */
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Is told why frames or ends could not be kept for now. Frames are tried again with the next, ends every two seconds. */
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
  /** Why its acceptance is not kept. */
  refused: { readonly error: unknown } | undefined = undefined;
  /** Settles when the frames that are on their way are kept, or wait again. */
  writing: Promise<void> | undefined = undefined;
  /** Settles when its end is kept, or was refused. What waits is on its way with it. */
  ending: Promise<void> | undefined = undefined;
  /** Whether it has frames that wait for the next time that some are kept. */
  dirty = false;
  /** The changes that it leaves in its session. */
  left: Left | undefined = undefined;
  /** The run of the same session whose end, with what that left, comes before this one's. */
  behind: Live | undefined = undefined;
  /** Whether its end waits for a store that can be written. */
  late = false;
  /** Whether a begin of its handler in this process is counted in its record. */
  counted = true;
  /** Whether some of its frames were kept before its end. */
  long = false;
  /** The `seq` of a frame that stands for all before it, if some of those are still kept. */
  whole: number | undefined = undefined;
  /** Whether the next frame does not follow the one before it, and so says its number. */
  gap = false;

  constructor(run: UnfinishedRun, parts: number, next: number) {
    this.run = run;
    this.parts = parts;
    this.next = next;
  }
}

/** How many numbers the frames of a run have in each process that it goes on in: more than any of them says. */
export const LIFE_FRAMES = 1e9;

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
  /** Runs of an earlier process, by id, and how many records each takes. */
  readonly #unfinished = new Map<string, { readonly run: UnfinishedRun; readonly parts: number }>();
  /** Their ids, by the name that they are kept under. */
  readonly #names = new Map<string, string>();
  /** By session, the last run whose end is not kept yet and has left something there. */
  readonly #lefts = new Lookup<Live>();
  readonly #late: LateEnds;
  readonly #opened = Promise.withResolvers<void>();
  /** Which of the processes this is that found runs without an end; 0: there were none. */
  #life = 0;
  #isOpen = true;
  #order = 0;
  #timer: Disposable | undefined;

  /** Makes a log; nothing is read or written yet. */
  constructor(options: JournalOptions) {
    this.#options = options;
    this.#keepMs = options.keepMs ?? 24 * 60 * 60 * 1000;
    this.#late = new LateEnds(options);
  }

  /** Before the first number that frames have in this process of runs that began in an earlier one. */
  get base(): number {
    return this.#life * LIFE_FRAMES;
  }

  /** Whether runs of an earlier process may go on here: not before it is kept that there is this process. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when they may. */
  get opened(): Promise<void> {
    return this.#isOpen ? Promise.resolve() : this.#opened.promise;
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
    const acceptedMs = now();
    const order = this.#order = Math.max(this.#order + 1, Math.round(acceptedMs * 1000));
    const live = this.#add(new Live({ ...run, acceptedMs, order, attempt: 1 }, 0, 1));
    live.pending = true;
    const told = () => {
      if (request) live.run = { ...live.run, request: request() };
      return piecesOf(JSON.stringify(live.run));
    };
    // As the values are now: a handler may go on to change them, unless they are letters and numbers.
    const early = isFlat(run) ? undefined : told();
    const kept = Promise.resolve().then(async () => {
      live.pending = false;
      // One whose end waits for another's is accepted by itself.
      if (live.done && !live.behind) {
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
      live.refused = { error };
      // Its end may have been on its way already, and be kept: then all of it is.
      if (live.ending && await live.ending.then(() => true, () => false)) return;
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
    return this.#late.find(name) ?? await this.#options.store.get([...OVER, name]) ? name : undefined;
  }

  /** Whether a session's run of an earlier process, called by its own id or its client's, has yet to go on or to end. */
  awaits(session: string, id: string): boolean {
    if (this.#unfinished.size === 0) return false;
    return this.#names.has(nameFor(session, id)) || this.#unfinished.get(id)?.run.session === session;
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
    live.whole = seq;
    if (!live.pending) this.#soon(live);
  }

  /**
   * Has the next process run a run that goes on, which it would end otherwise. Its frames are not taken any more. `begun`:
   * whether its handler was called. One that was not begun may be begun once by the next process, whatever its action says.
   */
  async leave(id: string, begun = false): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined) return;
    while (live.accepting) await live.accepting;
    while (live.writing) await live.writing;
    // Its end is on its way, or its client was told that it was refused. Nothing may make it unfinished after that.
    if (live.done || live.refused) return;
    const attempt = live.run.attempt - (!begun && live.counted ? 1 : 0);
    const run: UnfinishedRun = { ...live.run, attempt, left: !begun || undefined, begun };
    const pieces = piecesOf(JSON.stringify(run));
    const under = [...OPEN, nameOf(run)];
    this.#forget(live);
    await this.#options.store.commit([...deletes(under, live.parts), ...setPieces(under, pieces)]);
  }

  /**
   * Takes the last frames, as `append` does, and ends the run. `left`: what it leaves in its session, kept with its end or
   * not at all. Resolves when both cannot be lost any more. When that fails they stay here and are tried again: the same
   * call may be made again to hear of it.
   *
   * @throws {RangeError} when the last frame is not `done`.
   * @throws {Fault} `no_space`, and whatever else a store throws that cannot be written.
   */
  async finish(id: string, fromSeq: number, frames: readonly FrameBody[], left?: Left): Promise<void> {
    const live = this.#take(id, fromSeq, frames);
    if (live === undefined) return left?.settled();
    if (live.done === undefined) throw new RangeError(`The last frame of the run ${id} is not "done"`);
    if (left && !live.left) {
      live.left = left;
      live.behind = this.#lefts.get(left.session);
      this.#lefts.set(left.session, live);
    }
    // Its acceptance takes it along.
    if (live.pending && !live.behind) return await live.accepted;
    live.ending ??= this.#keepEnd(live, live.done.outcome).finally(() => live.ending = undefined);
    await live.ending;
  }

  /**
   * What a finished run said after the frame `after`; `undefined` when it is not finished or its time is up. `name`: what
   * `runOf` gave for its call, or its id where its client called it nothing.
   */
  async read(name: string, after = 0): Promise<FinishedRun | undefined> {
    const { store } = this.#options;
    const [first, ...others] = this.#late.find(name)?.ops ?? [];
    const value = first?.type === "set" ? first.value : (await store.get([...OVER, name]))?.value;
    if (value === undefined) return undefined;
    const { tail, ...rest } = value as unknown as Over;
    let text = await textUnder(store, frameKey(name));
    for (const op of others) if (op.type === "set" && op.key[1] === "frames") text += op.value;
    return { ...rest, frames: numbered(text + tail).filter(({ seq }) => seq > after) };
  }

  /**
   * The runs that were accepted before this process began, and have no end: those that had begun, then the others, each in
   * the order in which they were accepted. To be asked at the start, before `again` and `interrupted`.
   */
  async unfinished(): Promise<UnfinishedRun[]> {
    const { store } = this.#options;
    const found = new Map<string, string[]>();
    for await (const { key, value } of store.list({ prefix: OPEN })) {
      const name = String(key[OPEN.length]);
      const pieces = found.get(name);
      if (pieces) pieces.push(String(value));
      else found.set(name, [String(value)]);
    }
    const runs: UnfinishedRun[] = [];
    for (const [name, pieces] of found) {
      const run = JSON.parse(pieces.join("")) as UnfinishedRun;
      if (this.#live.get(run.id) || this.#late.find(name)) continue;
      this.#order = Math.max(this.#order, run.order);
      const mayGoOn = run.begun === undefined && (run.retry || run.left);
      runs.push(mayGoOn ? { ...run, begun: await this.#hasBegun(name) } : run);
      this.#unfinished.set(run.id, { run, parts: pieces.length });
      this.#names.set(name, run.id);
    }
    if (runs.length > 0 && this.#life === 0) await this.#begin();
    return runs.sort((a, b) => Number(b.begun ?? false) - Number(a.begun ?? false) || a.order - b.order);
  }

  /**
   * Opens an unfinished run once more. It may wait now; before a handler of it is called comes {@linkcode Journal.begin}.
   * `undefined` when there is no such unfinished run, or it goes on already.
   *
   * @throws {RangeError} before {@linkcode Journal.isOpen}.
   */
  again(id: string): UnfinishedRun | undefined {
    if (!this.#isOpen) throw new RangeError("It is not kept yet that there is this process");
    const open = this.#unfinished.get(id);
    if (open === undefined) return undefined;
    this.#settle(open.run);
    const live = this.#add(new Live(open.run, open.parts, this.base + 1));
    live.counted = false;
    live.gap = live.long = true;
    live.whole = live.next;
    return open.run;
  }

  /**
   * Counts that a handler is called for a run of an earlier process. Only when it resolves may that be: the count cannot be
   * lost any more, or a run that takes the process down would never be given up, and one that may not run again would.
   *
   * @throws {Fault} `no_space`
   */
  async begin(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined || live.counted) return;
    const { left: _, ...run } = live.run;
    const begun: UnfinishedRun = { ...run, attempt: run.attempt + 1, begun: true };
    const pieces = piecesOf(JSON.stringify(begun));
    const under = [...OPEN, nameOf(run)];
    const { parts } = live;
    // An end that is asked for meanwhile has to delete all of either.
    live.parts = Math.max(parts, pieces.length);
    await this.#options.store.commit([...deletes(under, parts), ...setPieces(under, pieces)]);
    [live.run, live.counted] = [begun, true];
  }

  /**
   * Ends an unfinished run, or one that goes on here, with a `failed` frame that says `fault` and a `done` frame. Does
   * nothing when there is no such run. Their numbers are past all that a reader may have seen.
   */
  async interrupted(id: string, fault: FaultJson = INTERRUPTED): Promise<void> {
    const live = this.#live.get(id);
    if (live) {
      const frames = interruption(live.run, fault, this.#options.now());
      return await this.finish(id, live.next, live.done ? [] : frames);
    }
    let end = this.#late.findRun(id);
    if (!end) {
      end = this.#interruption(id, fault);
      if (!end) return;
      this.#late.add(end);
    }
    const error = await this.#late.keep();
    if (this.#late.has(end)) throw error;
  }

  /**
   * Ends many at once, in few commits. Never throws: those that cannot be kept now can be read, and are tried again.
   */
  async interruptAll(runs: Iterable<{ readonly id: string; readonly fault?: FaultJson }>): Promise<void> {
    for (const { id, fault = INTERRUPTED } of runs) {
      const live = this.#live.get(id);
      if (live) await this.interrupted(id, fault).catch(this.#options.broke);
      const end = this.#interruption(id, fault);
      if (end) this.#late.add(end);
    }
    if (this.#late.size > 0) await this.#late.keep();
  }

  /** Removes what has been kept long enough, here and in the whole store; says how many runs and records. */
  async sweep(): Promise<number> {
    const { store, now } = this.#options;
    let count = 0;
    const end = [...LONG, Math.floor(now() - this.#keepMs) + 1];
    for await (const { key } of store.list({ prefix: LONG, end })) {
      await deleteUnder(store, { prefix: frameKey(String(key.at(-1))) });
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
    if (this.#late.size > 0) await this.#late.keep();
  }

  /** Keeps what waits to be kept. The store stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    do await this.flush(); while (this.#dirty > 0);
  }

  // The numbers of frames hang on it, so no run of an earlier process goes on before it is kept.
  async #begin(): Promise<void> {
    const known = (await this.#options.store.get(LIFE))?.value;
    this.#life = (typeof known === "number" ? known : 0) + 1;
    this.#isOpen = false;
    const settled = () => {
      this.#isOpen = true;
      this.#opened.resolve();
    };
    this.#late.add({ ops: [{ type: "set", key: LIFE, value: this.#life }], settled });
    await this.#late.keep();
  }

  // While it waits a run says nothing but where it stands. What a crash took of its last tenth of a second is not seen.
  async #hasBegun(name: string): Promise<boolean> {
    for await (
      const { key, value } of this.#options.store.list({ prefix: frameKey(name), reverse: true, limit: 1 })
    ) return key.at(-1) !== 0 || /"type":"(?!queued")/.test(String(value));
    return false;
  }

  #settle(run: UnfinishedRun): void {
    this.#unfinished.delete(run.id);
    this.#names.delete(nameOf(run));
  }

  #interruption(id: string, fault: FaultJson): End | undefined {
    const open = this.#unfinished.get(id);
    if (!open) return undefined;
    const { run, parts } = open;
    this.#settle(run);
    const [failed, done] = interruption(run, fault, this.#options.now());
    const fromSeq = this.base + 1;
    const frames = [numberedAs({ ...failed, whole: true }, fromSeq), done];
    return {
      run: { id, name: nameOf(run) },
      ops: endOps(run, { outcome: "failed", frames, fromSeq, parts, long: true, ...this.#times() }),
      settled: () => {},
    };
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
    if (live.refused) return;
    // The rest goes with its end.
    if (live.waiting.length > 0 && !live.late) await (live.writing = this.#write(live));
  }

  async #write(live: Live): Promise<void> {
    const { store, broke } = this.#options;
    const frames = live.waiting;
    const { whole } = live;
    live.waiting = [];
    live.long = true;
    live.whole = undefined;
    try {
      const name = nameOf(live.run);
      await store.commit(frameOps(name, live.next - frames.length, frames));
      // Only now: of a run that a crash cuts off the last whole values are there, those or these.
      if (whole !== undefined) await this.#deleteBefore(name, whole);
    } catch (error) {
      live.whole ??= whole;
      live.waiting = [...frames, ...live.waiting];
      broke(error);
    } finally {
      live.writing = undefined;
    }
  }

  async #deleteBefore(name: string, seq: number): Promise<void> {
    const prefix = frameKey(name);
    await deleteUnder(this.#options.store, { prefix, end: [...prefix, seq] });
  }

  async #keepEnd(live: Live, outcome: DoneFrame["outcome"]): Promise<void> {
    const { behind } = live;
    if (behind) {
      // What it left is made of what the other left. Whoever comes behind this one counts on both, refused or not.
      await (behind.ending ?? behind.accepted)?.catch(() => {});
      if (live.pending) await live.accepted;
    }
    while (live.writing) await live.writing;
    if (this.#live.get(live.run.id) !== live) {
      // Meanwhile it was refused, or kept with others that had waited.
      if (live.refused) throw live.refused.error;
      return;
    }
    const name = nameOf(live.run);
    let end = this.#late.find(name);
    if (!end && this.#late.size === 0) {
      const ops = this.#endOps(live, outcome);
      try {
        await this.#options.store.commit(ops);
      } catch (error) {
        // One that is refused has no end to be kept later.
        while (live.accepting) await live.accepting;
        if (live.refused) throw error;
        end = this.#addLate(live, ops);
      }
    } else if (!end) {
      while (live.accepting) await live.accepting;
      if (live.refused) throw live.refused.error;
      if (this.#live.get(live.run.id) !== live) return;
      end = this.#addLate(live, this.#endOps(live, outcome));
    }
    if (end) {
      const error = await this.#late.keep();
      if (this.#late.find(name) === end) throw error;
    } else this.#forget(live);
    if (live.whole !== undefined && live.long) {
      await this.#deleteBefore(name, live.whole).catch(this.#options.broke);
    }
  }

  #addLate(live: Live, ops: readonly Op[]): End {
    live.late = true;
    const run = { id: live.run.id, name: nameOf(live.run) };
    const end: End = { run, ops, settled: () => this.#forget(live) };
    this.#late.add(end);
    return end;
  }

  #endOps({ run, waiting, next, parts, long, left }: Live, outcome: DoneFrame["outcome"]): Op[] {
    const rest = { frames: waiting, fromSeq: next - waiting.length, parts, long };
    const ops = endOps(run, { outcome, ...rest, ...this.#times() });
    if (left) { for (const op of left.ops) ops.push(op); }
    return ops;
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
    const { left } = live;
    if (left) {
      if (this.#lefts.get(left.session) === live) this.#lefts.delete(left.session);
      left.settled();
    }
    live.behind = undefined;
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

function interruption(
  { action, acceptedMs }: UnfinishedRun,
  fault: FaultJson,
  nowMs: number,
): [FailedFrame, DoneFrame] {
  return [
    { type: "failed", action, ...fault },
    { type: "done", outcome: "failed", ms: Math.max(0, nowMs - acceptedMs) },
  ];
}

// A frame that stands for those before it says its own number, and takes their place; the others follow one by one. The
// end that a crash took away says its number, too.
function numbered(lines: string): NumberedFrame[] {
  const frames: NumberedFrame[] = [];
  let last = 0;
  for (const line of lines.split("\n").slice(0, -1)) {
    const frame = JSON.parse(line) as FrameBody & { readonly seq?: number };
    if (frame.seq !== undefined && frame.type !== "failed") frames.length = 0;
    last = frame.seq ?? last + 1;
    frames.push({ ...frame, seq: last });
  }
  return frames;
}
