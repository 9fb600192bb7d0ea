import type { Demo } from "@/lib/demo/blocks.tsx";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { isAllowed, type User } from "@/lib/value/user.ts";
import type { DoneFrame, FrameBody } from "@/lib/wire/frame.ts";
import { Batches } from "./batches.ts";
import { type Call, calledAction, nameFor, nameOf, noAction, type RunOwner } from "./call.ts";
import { CallState } from "./call_state.ts";
import { codecOf, type CodecOptions } from "./codec.ts";
import type { FinishedRun, Journal, UnfinishedRun } from "./journal.ts";
import { acceptedRun, callAgain, requestOf } from "./kept_call.ts";
import { LogRoom } from "./log_room.ts";
import { KeptRuns } from "./kept_runs.ts";
import type { Written } from "./held.ts";
import type { KeptState } from "./kept_state.ts";
import type { Observer } from "./observer.ts";
import { Presence, type Visit } from "./presence.ts";
import { Queue } from "./queue.ts";
import { Readers } from "./readers.ts";
import { Recovery } from "./recovery.ts";
import { Run } from "./run.ts";
import type { RunHost } from "./run_host.ts";
import { RunLimit } from "./run_limit.ts";
import { sealing } from "./seal.ts";
import { base64url, Sessions } from "./sessions.ts";
import { Turns } from "./turns.ts";

/** Time as the engine sees it; tests give their own. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back after a while, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
}

/** Options for {@linkcode Engine}. */
export interface EngineOptions {
  /** Where the bytes of files are kept. */
  readonly blobs: Blobs;
  /** Where a file of a page is found. Default below the page. */
  readonly fileUrl?: ((page: string, id: string, session: string) => string | undefined) | undefined;
  /** Its time. */
  readonly clock: Clock;
  /** Random bytes for ids, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array;
  /** Secret that session ids are signed with, 32 bytes or more. */
  readonly secret: Uint8Array;
  /** Where runs are kept that must outlive a crash. Left out, they live in memory. */
  readonly journal?: Journal | undefined;
  /** Makes the records of what sessions hold; the journal writes them. Left out, it lives in memory. */
  readonly state?: KeptState | undefined;
  /** Is told how runs go. */
  readonly observer?: Observer | undefined;
  /** Runs at once of a group that names no limit. Default 16. */
  readonly concurrencyLimit?: number | null;
  /** How many calls each pool of workers or processes takes at once. Default: as any group. */
  readonly seats?: number | undefined;
  /** Calls that may wait in one group. Default 1,000. */
  readonly queueSize?: number;
  /** Sessions that may hold values. Default 10,000. */
  readonly sessionCapacity?: number;
  /** How many bytes the values of one session may take on the server. Default 16 MiB. */
  readonly sessionBytes?: number;
  /** How many bytes those of all sessions may take. Default 512 MiB. */
  readonly totalBytes?: number;
  /** How long a handler may take that names no time, in milliseconds; `null` is no limit. Default 60,000. */
  readonly runMs?: number | null;
  /** How long a run goes on with nobody reading it, in milliseconds. Default 60,000. */
  readonly graceMs?: number;
  /** How many bytes the logs of the runs that go on may take together. Default 128 MiB. */
  readonly logBytes?: number;
  /** How many finished runs can still be read from memory, besides those that nobody has seen. Default 1,000. */
  readonly keptRuns?: number;
  /** How many bytes these may take together. Default 64 MiB. */
  readonly keptBytes?: number;
  /** How long they can be read, in milliseconds. Default one hour; with a journal, what it says. */
  readonly keptMs?: number;
  /** Logs what broke inside and says what the client may read. */
  readonly broke: (error: unknown) => string;
}

/** A caller that waits until its call is accepted: a request, for example. */
export interface Caller {
  /** Aborts when nobody waits there any more. Asked for only where the call is not accepted at once. */
  readonly signal: AbortSignal;
}

const RUN_ID_BYTES = 18;
/** In base64url. Another length than that of the ids that clients give to calls. */
const RUN_ID_LENGTH = 24;
const MAX_ATTEMPTS = 3;
const RETRY_MS = 2000;

/**
 * Runs actions: sessions, queue, handlers, frames. Knows no HTTP.
 *
 * It is one piece because it is where the life of a run is in order: taken, admitted, begun, read, ended, left. Each step is
 * in a file of its own; what a run goes through between them is here.
 */
export class Engine {
  /** The sessions that it runs for. */
  readonly sessions: Sessions;
  /** Notices which pages have been left. */
  readonly presence: Presence;
  readonly #options: EngineOptions;
  readonly #queue: Queue;
  readonly #kept: KeptRuns;
  readonly #readers: Readers;
  readonly #state: CallState;
  readonly #host: RunHost;
  readonly #recovery: Recovery | undefined;
  #drained: PromiseWithResolvers<void> | undefined;
  #ids = "";
  #idsUsed = 0;

  /** Makes an engine; nothing runs until a call is submitted. */
  constructor(options: EngineOptions) {
    this.#options = options;
    const { clock, random, secret, journal, observer } = options;
    this.sessions = new Sessions({
      secret,
      random,
      capacity: options.sessionCapacity ?? 10_000,
      sessionBytes: options.sessionBytes ?? 16 * 1024 * 1024,
      totalBytes: options.totalBytes ?? 512 * 1024 * 1024,
      now: clock.now,
      after: clock.after,
      broke: options.broke,
    });
    this.#readers = new Readers({ after: clock.after, graceMs: options.graceMs ?? 60_000 });
    this.#state = new CallState(options.state, clock.now);
    const codec: CodecOptions = {
      blobs: options.blobs,
      sealing: sealing(secret, random),
      url: (page, id, session) => this.fileUrl(page, id, session),
    };
    this.presence = new Presence({
      after: clock.after,
      capacity: options.sessionCapacity ?? 10_000,
      left: (visit) => this.#left(visit),
    });
    this.#queue = new Queue({
      limit: options.concurrencyLimit === undefined ? 16 : options.concurrencyLimit,
      size: options.queueSize ?? 1000,
      now: clock.now,
      after: clock.after,
    });
    this.#kept = new KeptRuns({
      count: options.keptRuns ?? 1000,
      bytes: options.keptBytes ?? 64 * 1024 * 1024,
      ms: options.keptMs ?? 60 * 60_000,
      // An engine that keeps no runs, or has a journal that does, needs no grace time here.
      graceMs: options.keptRuns === 0 || journal ? 0 : options.graceMs ?? 60_000,
      now: clock.now,
    });
    this.#host = {
      queue: this.#queue,
      batches: new Batches(this.#queue, clock.after),
      logs: new LogRoom(options.logBytes ?? 128 * 1024 * 1024),
      turns: new Turns(Math.ceil((options.queueSize ?? 1000) / 2)),
      seats: options.seats,
      limit: options.runMs === null
        ? undefined
        : new RunLimit({ ms: options.runMs ?? 60_000, now: clock.now, after: clock.after }),
      now: clock.now,
      after: clock.after,
      codec: (run) => codecOf(run, codec),
      broke: options.broke,
      said: journal && ((run, frame) => {
        if (frame.type === "output" && frame.whole) journal.whole(run.id, run.last, frame);
        else journal.append(run.id, run.last, [frame]);
      }),
      keepEnd: journal && ((run, done, written) => this.#keepEnd(run, done, written)),
      ended: (run) => this.#ended(run),
      observer,
    };
    this.#recovery = journal && new Recovery({
      journal,
      begin: (run, demo) => this.#again(run, demo, journal),
      broke: options.broke,
      maxAttempts: MAX_ATTEMPTS,
    });
  }

  /**
   * Takes a call and starts it. Its values are checked first: a refusal throws and nothing runs. A call of an `id`
   * that its session has used before gives the run that was started then. Does not wait for checks that take time, nor
   * for a journal: `admitted` of the run does, and {@linkcode Engine.accept}.
   *
   * @throws {Fault} `not_found`, also for an action that no event of a page starts, `bad_input` with the field,
   * `offline` while the server is about to stop.
   */
  submit(call: Call): Run {
    // Here, so that no protocol can forget it.
    calledAction(call.demo, call.action);
    return this.#submit(call);
  }

  #submit(call: Call): Run {
    if (!isAllowed(call.request.user, call.demo.actions[call.action]?.allow)) throw noAction();
    const name = nameOf(call);
    const known = name === undefined ? undefined : this.#kept.named(name);
    if (known) return known;
    if (this.draining) throw stopping();
    if (this.#host.logs.isFull) throw tooBusy();
    const run = new Run(this.#runId(), call, this.#host);
    // Before values and checks, which may cost more than the handler does.
    run.checkRoom();
    run.take();
    const wrong = run.check();
    if (wrong instanceof Promise) {
      this.#kept.add(run);
      this.#admit(run, this.#checked(run, wrong));
    } else {
      if (wrong) throw wrong;
      this.#kept.add(run);
      this.#admit(run, this.#begin(run));
    }
    return run;
  }

  /**
   * Takes a call as {@linkcode Engine.submit} does, and gives the run once it cannot be lost any more: its checks are
   * done and its journal has it. Checks that all their callers have left are ended. What an earlier process was asked
   * under the same `id` is given as that left it.
   *
   * @throws {Fault} as `submit`, and `no_space` when it could not be kept.
   */
  accept(call: Call & { readonly id?: undefined }, caller?: Caller): Run | Promise<Run>;
  accept(call: Call, caller?: Caller): Run | Promise<Run | FinishedRun>;
  accept(call: Call, caller?: Caller): Run | Promise<Run | FinishedRun> {
    calledAction(call.demo, call.action);
    return this.#accept(call, caller);
  }

  // `left`: for a page that was left, which is started by the engine itself.
  #accept(call: Call, caller?: Caller, left = false): Run | Promise<Run | FinishedRun> {
    const { journal } = this.#options;
    const anew = journal && call.id !== undefined && !this.#kept.named(nameOf(call) as string);
    if (anew || this.#state.mayBring(call)) {
      return this.#acceptKept(call, anew ? call.id : undefined, caller, left);
    }
    const run = left ? this.#submit(call) : this.submit(call);
    if (!run.admitted) return run;
    wait(run, caller);
    return run.admitted.then(() => run);
  }

  /**
   * The run of an id, its own or its caller's, if this session started it at this page.
   *
   * @throws {Fault} `not_found`; `offline` for a run of an earlier process that has yet to go on here.
   */
  find(id: unknown, owner: RunOwner): Run {
    if (typeof id !== "string") throw noRun();
    const run = this.#kept.get(id) ?? this.#kept.named(nameFor(id, owner));
    if (run?.call.session.id === owner.session && run.call.page === owner.page) return run;
    if (this.#options.journal?.awaits(owner.session, id)) throw notYet();
    throw noRun();
  }

  /** As {@linkcode Engine.find}, and what is over and known to the journal alone, told from the frame after `after`. */
  async seek(id: unknown, owner: RunOwner, after: number): Promise<Run | FinishedRun> {
    let run: Run;
    try {
      run = this.find(id, owner);
    } catch (error) {
      const { journal } = this.#options;
      if (!journal || typeof id !== "string" || id.length > 100 || !id.isWellFormed()) throw error;
      const own = await journal.runOf(owner.session, id) ?? id;
      const past = await journal.read(own, after);
      if (past?.session === owner.session && past.demo === owner.page) return past;
      // It may go on here since it was looked for.
      run = this.find(id, owner);
    }
    // Who reads it takes it for accepted, as who asked does.
    await run.admitted;
    return run;
  }

  /**
   * Says that somebody reads a run, until it is disposed of. A run that nobody has read for the grace time is
   * cancelled: nobody is left to see it.
   */
  attend(run: Run): Disposable {
    return this.#readers.attend(run);
  }

  /** Says that a reader was given the end of a run: there is less need to keep it. */
  seen(run: Run): void {
    this.#kept.seen(run);
  }

  /**
   * Ends what an earlier process left behind and may not be run again, and gives the paths of the pages whose runs
   * wait for {@linkcode Engine.meet}.
   */
  async recover(): Promise<readonly string[]> {
    return await this.#recovery?.start() ?? [];
  }

  /** Says which demo stands at a page, for {@linkcode Engine.resume}. */
  found(page: string, demo: Demo): void {
    this.#recovery?.found(page, demo);
  }

  /** Runs again what was cut off at all pages that were found, in the order in which it was accepted. */
  async resume(): Promise<void> {
    await this.#recovery?.resume();
  }

  /** Whether the demo of a page is there, or no run waits for it any more. */
  hasFound(page: string): boolean {
    return this.#recovery?.hasFound(page) ?? true;
  }

  /** Says that there is no such page any more. Gives how many runs waited for it; they end as `interrupted`. */
  async gone(page: string): Promise<number> {
    return await this.#recovery?.gone(page) ?? 0;
  }

  /** Says which demo stands at a page, so that its runs that were cut off go on at once. */
  meet(page: string, demo: Demo): Promise<void> | undefined {
    return this.#recovery?.awaits(page) ? this.#recovery.meet(page, demo) : undefined;
  }

  /** Whether it takes no calls any more. */
  get draining(): boolean {
    return this.#drained !== undefined;
  }

  /**
   * Takes no calls any more and resolves when all runs are over, at the latest after `deadlineMs`. With a journal,
   * those that have not begun, and at the deadline those that may run again, are left to the next process; their
   * readers' streams end without an end of the run. What else goes on at the deadline ends as `interrupted`.
   */
  async drain(deadlineMs: number): Promise<void> {
    if (this.#drained) return await this.#drained.promise;
    const { clock, journal } = this.#options;
    const drained = this.#drained = Promise.withResolvers<void>();
    if (journal) {
      const idle = [...this.#kept.going()].filter(({ begun }) => !begun);
      await Promise.all(idle.map((run) => this.#leave(run, journal)));
    }
    using _deadline = clock.after(deadlineMs, () => drained.resolve());
    this.#tellDrained();
    await drained.promise;
    await Promise.all(Array.from(this.#kept.going(), async (run) => {
      if (journal && run.call.demo.actions[run.call.action]?.retry) return await this.#leave(run, journal);
      run.interrupt(
        new Fault("interrupted", "The server stopped before this finished. Start it again"),
      );
    }));
    await journal?.flush();
  }

  /** The runs that go on for people who are logged in, and what ends them. */
  *runsOfUsers(): Generator<{ readonly user: User; readonly end: () => void }> {
    for (const run of this.#kept.going()) {
      const { user } = run.call.request;
      if (user) yield { user, end: () => run.cancel() };
    }
  }

  /** The current activity: for health checks and tests. */
  get load(): {
    readonly waiting: number;
    readonly busy: number;
    readonly runs: number;
    readonly sessions: number;
    readonly streams: number;
  } {
    const { size: streams } = this.#readers;
    return { ...this.#queue.load, runs: this.#kept.size, sessions: this.sessions.size, streams };
  }

  /** Cancels everything that runs. */
  close(): void {
    for (const run of [...this.#kept.going()]) {
      run.cancel();
      // One whose end is still being kept is waited for by nobody.
      this.#readers.ended(run);
    }
    this.#host.limit?.close();
    this.presence.close();
    this.sessions.close();
  }

  async #acceptKept(
    call: Call,
    id: string | undefined,
    caller: Caller | undefined,
    left: boolean,
  ): Promise<Run | FinishedRun> {
    const known = id === undefined ? undefined : await this.#options.journal?.runOf(call.session.id, id);
    if (known !== undefined) {
      return await this.seek(known, { session: call.session.id, page: call.page }, 0);
    }
    if (this.#state.mayBring(call)) await this.#state.bring(call);
    // Last, with nothing to wait for until it is there: it must not begin beside the one that an earlier process took.
    if (id !== undefined && this.#options.journal?.awaits(call.session.id, id)) throw notYet();
    const run = left ? this.#submit(call) : this.submit(call);
    wait(run, caller);
    await run.admitted;
    return run;
  }

  /** Starts a run; what it gives resolves when the journal has it. */
  #begin(run: Run): Promise<void> | undefined {
    const { journal } = this.#options;
    const { call } = run;
    const kept = journal?.accept(acceptedRun(run.id, run.call), () => requestOf(call));
    run.admitting = kept !== undefined;
    this.#start(run);
    // One that is over by now is answered in one piece, once its end is kept with it.
    return kept && run.ending ? kept.then(() => run.ending) : kept;
  }

  async #checked(run: Run, wrong: Promise<Fault | undefined>): Promise<void> {
    run.checking = true;
    const fault = await wrong;
    run.checking = false;
    // Cancelled meanwhile, or left to a process that knows nothing of it.
    if (run.finished) throw this.draining ? stopping() : new Fault("cancelled", "The run was cancelled");
    if (!fault) {
      // Those that were checked at the same time may have taken the room.
      run.checkRoom();
      return await this.#begin(run);
    }
    run.refuse(fault);
    throw fault;
  }

  // A run that is not admitted is forgotten: whoever sends it again starts it anew.
  #admit(run: Run, work: Promise<void> | undefined): void {
    if (!work) return;
    run.admitted = work.then(() => {
      run.admitted = undefined;
      if (run.finished) run.written = undefined;
      run.admitting = false;
      run.free();
    }, (error) => {
      run.cancel();
      if (run.written) this.#state.undo(run.call, run.written);
      run.admitting = false;
      run.free();
      this.#kept.remove(run);
      throw error;
    });
    run.admitted.catch(() => {});
  }

  #start(run: Run): void {
    run.start().catch((error) => {
      this.#options.broke(error);
      run.cancel();
    });
  }

  async #again(unfinished: UnfinishedRun, demo: Demo, journal: Journal): Promise<void> {
    const call = callAgain(unfinished, demo, this.sessions.byId(unfinished.session));
    if (!isAllowed(call.request.user, demo.actions[call.action]?.allow)) throw noAction();
    await this.#state.bring(call);
    if (!journal.again(unfinished.id)) return;
    const run = new Run(unfinished.id, call, this.#host);
    run.take(journal.base);
    const mayBegin = () => this.#mayBegin(run, journal);
    run.mayBegin = mayBegin;
    journal.whole(run.id, run.last, run.log[0] as FrameBody);
    this.#kept.add(run);
    this.#readers.unread(run);
    this.#start(run);
  }

  // A run waits for the disk before its handler begins: nothing may begin that is not counted.
  async #mayBegin(run: Run, journal: Journal): Promise<void> {
    for (let told = false; !run.ending && !run.finished; told = true) {
      try {
        return await journal.begin(run.id);
      } catch (error) {
        if (!told) this.#options.broke(error);
        await new Promise<void>((resolve) => void this.#options.clock.after(RETRY_MS, resolve));
      }
    }
  }

  // Let go of first, or it could begin meanwhile, and then in the next process once more. Who asks for it until this
  // one ends finds no end of it, and so comes again.
  async #leave(run: Run, journal: Journal): Promise<void> {
    // It is over, and only that has yet to be kept.
    if (run.ending) return await run.ending;
    run.leave();
    await journal.leave(run.id, run.begun).catch(this.#options.broke);
    this.#ended(run);
  }

  // What it starts has nobody to read it, so nobody to wait for.
  #left({ demo, page, session: { id }, request }: Visit): void {
    const told = (error: unknown) => {
      if (!(error instanceof Fault)) this.#options.broke(error);
    };
    const accepted: Promise<unknown>[] = [];
    for (const action of demo.leaves) {
      try {
        const session = this.sessions.byId(id);
        const call = { demo, action, input: {}, session, page, request, event: { when: ":unload" } };
        const run = this.#accept(call, undefined, true);
        if (run instanceof Promise) accepted.push(run.catch(told));
      } catch (error) {
        told(error);
      }
    }
    if (accepted.length === 0) return this.sessions.leave(id);
    Promise.all(accepted).then(() => this.sessions.leave(id));
  }

  #tellDrained(): void {
    if (this.#kept.busy === 0) this.#drained?.resolve();
  }

  // Cut from a longer random text: asking for the bytes of one id costs as much as a small handler.
  #runId(): string {
    if (this.#idsUsed === this.#ids.length) {
      this.#ids = base64url(this.#options.random(RUN_ID_BYTES * 128));
      this.#idsUsed = 0;
    }
    return this.#ids.slice(this.#idsUsed, this.#idsUsed += RUN_ID_LENGTH);
  }

  #ended(run: Run): void {
    this.#readers.ended(run);
    this.#kept.ended(run);
    this.#tellDrained();
  }

  #keepEnd(run: Run, done: DoneFrame, written: readonly Written[] | undefined): Promise<void> {
    const left = written && this.#state.left(run.call, written);
    return (this.#options.journal as Journal).finish(run.id, run.last + 1, [done], left);
  }

  /** Where a file of a page is found. */
  fileUrl(page: string, id: string, session: string): string {
    return this.#options.fileUrl?.(page, id, session) ?? `${page === "/" ? "" : page}/files/${id}`;
  }
}

// An author's check goes on as long as somebody waits for what it finds.
function wait(run: Run, caller: Caller | undefined): void {
  if (!run.checking) return;
  run.callers++;
  caller?.signal.addEventListener("abort", () => {
    if (--run.callers === 0 && run.checking) run.cancel();
  }, { once: true });
}

function tooBusy(): Fault {
  return new Fault("queue_full", "The server is busy. Try again shortly");
}

function stopping(): Fault {
  return new Fault("offline", "The server is about to restart. Try again shortly");
}

function notYet(): Fault {
  return new Fault(
    "offline",
    "The server restarted and has not resumed this yet. Try again shortly",
  );
}

function noRun(): Fault {
  return new Fault("not_found", "There is no such run");
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    Deno.unrefTimer(timer);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
