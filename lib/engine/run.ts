import { type RunContext, Updated } from "@/lib/demo/action.ts";
import { type BoundAction, REMOTE_GROUP } from "@/lib/demo/bound.ts";
import { runChecks } from "@/lib/demo/check.ts";
import { Fault } from "@/lib/value/fault.ts";
import { tupleKey } from "@/lib/value/tuple_key.ts";
import { kindOf } from "@/lib/value/kind_of.ts";
import { isAllowed } from "@/lib/value/user.ts";
import { weigh } from "@/lib/value/weigh.ts";
import type { DoneFrame, FrameBody } from "@/lib/wire/frame.ts";
import { type Attempt, attemptOf, DEAF_MS, signalOf, stop } from "./attempt.ts";
import { type Call, checkedEvent, noAction, withoutValues } from "./call.ts";
import { askChecks } from "./checks.ts";
import { Context } from "./context.ts";
import type { Written } from "./held.ts";
import type { Phase } from "./observer.ts";
import { Pace } from "./pace.ts";
import type { Entry, GroupName, Place } from "./queue.ts";
import { Attention } from "./readers.ts";
import { keyOf, remember } from "./remembered.ts";
import { type AnyGenerator, isGenerator, isPromise } from "./result.ts";
import type { RunHost } from "./run_host.ts";
import { RunLog } from "./run_log.ts";
import { shareOf } from "./share.ts";
import { type Outputs, Values } from "./values.ts";

// A generator that never waits would keep every other run from going on, and its own cancel from being heard.
const TURN_MS = 12;
// What a run may say before one frame takes the place of all that were. In letters and bytes.
const MOST_FRAME = 2 * 1024 * 1024;
// And what it may say in all.
const MOST_SAID = 1024 * 1024 * 1024;
// Actions that a change of state starts can start each other.
const MOST_STEPS = 100;

/**
 * One run: an action and all that is chained to it. It writes a log of frames, whoever reads it; readers come and go
 * and name the last frame they have seen.
 *
 * It is one long piece because its steps share the state of the run: place, decode, handler, encode and output follow
 * each other without `await` where nothing has to be waited for.
 */
export class Run extends RunLog {
  /** Id of the run. */
  readonly id: string;
  /** Resolves when it is accepted for good, rejects with why it is not. `undefined` when it is. */
  admitted: Promise<void> | undefined;
  /** Whether its checks are under way, before it is accepted. */
  checking = false;
  /** How many wait for its acceptance. */
  callers = 0;
  /** Whether it may still be refused: what it changes is then undone, so nobody goes on from that. */
  admitting = false;
  /** Whether a handler of it was called. */
  begun = false;
  /** Resolves when it is finished; `undefined` as long as it goes on, and where its end has not to be kept. */
  ending: Promise<void> | undefined;
  /** Asked before a handler of it is called; that waits until it resolves. `undefined` where nothing has to be waited for. */
  mayBegin: (() => Promise<void>) | undefined;
  /** What it has written to its session, from its end until that is kept. */
  written: readonly Written[] | undefined;
  /** Its readers. */
  readonly attention: Attention = new Attention();
  #call: Call;
  readonly #host: RunHost;
  readonly #values: Values;
  /** The action that is under way. */
  #attempt: Attempt | undefined;
  /** What keeps other runs of its session from changing what it changes. */
  #turn: Disposable | undefined;
  #isStopped = false;
  readonly #startedMs: number;
  #failure: RunContext["failure"];
  #emitLater: ((frame: FrameBody) => void) | undefined;
  /** Whether it says nothing more, but its end. */
  #over = false;
  /** What the room of all logs counts for this one. */
  #counted = 0;

  /** Makes a run. Nothing of its call is looked at before {@linkcode Run.take}. @throws {Fault} `not_found` */
  constructor(id: string, call: Call, host: RunHost) {
    super();
    this.id = id;
    this.#call = call;
    this.#host = host;
    this.#startedMs = host.now();
    const { demo, session } = call;
    this.#values = new Values({ demo, session, codec: () => host.codec(this) });
  }

  /**
   * Checks the call's values and takes them. `since`: how many frames an earlier attempt at this run may have said.
   *
   * @throws {Fault} `bad_input` with the field, `not_found`.
   */
  take(since = 0): void {
    const { call } = this;
    const { demo } = call;
    const { names } = this.#action(call.action).inputs;
    for (const name in names) this.#values.take(names[name] as string, call.input[name]);
    for (const key in call.rest) {
      if (Object.hasOwn(demo.fields, key) && !this.#values.has(key)) this.#values.take(key, call.rest[key]);
    }
    // Data that an earlier process has kept was checked then.
    if (call.event && since === 0) {
      const event = checkedEvent(call);
      if (event !== call.event) this.#call = { ...call, event };
    }
    if (since > 0) this.standFor(since, this.#values.whole(call.action));
  }

  /**
   * The call. Once the run is over, without the values, which may be large, and without the request:
   * finished runs are many.
   */
  get call(): Call {
    return this.#call;
  }

  /** Aborts when the run is cancelled, or its action's time is up. */
  get signal(): AbortSignal {
    return this.#attempt ? signalOf(this.#attempt) : AbortSignal.abort();
  }

  /**
   * Whether there is room for it to wait, if it has to. Asked before the values are checked, which may be large.
   *
   * @throws {Fault} `queue_full`, `rate_limited`
   */
  checkRoom(): void {
    const action = this.#action(this.call.action);
    if (action.cache) return;
    this.#host.queue.check(this.#group(action), this.call.session.id);
    const owned = this.#owned();
    if (owned.length > 0) this.#host.turns.check(owned);
  }

  /**
   * Asks the checks that the author named for the first action, before it waits or runs. Gives what is wrong, be it
   * with the values or with the checks.
   */
  check(): Fault | undefined | Promise<Fault | undefined> {
    const action = this.#action(this.call.action);
    if (!action.checks) return undefined;
    const attempt = this.#attempt = attemptOf(action);
    try {
      const found = this.#askChecks(attempt);
      return isPromise(found) ? found.catch((error) => this.#fault(attempt, error)) : found;
    } catch (error) {
      return this.#fault(attempt, error);
    }
  }

  #askChecks(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    return askChecks(attempt, () => this.#check(attempt), {
      queue: this.#host.queue,
      after: this.#host.after,
      entry: {
        group: tupleKey("checks", this.call.page, attempt.action.key),
        session: this.call.session.id,
      },
    });
  }

  /** Ends the run as failed, and says why. */
  refuse(fault: Fault): void {
    this.#emit({ type: "failed", action: this.call.action, ...fault.toJSON() });
    this.#end("failed");
  }

  /** Ends a run that goes on as failed, says why, and undoes what it wrote to its session; the handler's signal aborts. */
  interrupt(fault: Fault): void {
    if (this.#over) return;
    const attempt = this.#attempt;
    // A person who starts it again must not find half of it done.
    this.#values.undo();
    this.refuse(fault);
    if (attempt) stop(attempt, fault);
  }

  /** Releases a run that another process will run: its log ends without its last frame. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.close();
    if (this.#attempt) stop(this.#attempt, new Fault("interrupted", "The server stops"));
  }

  /** Ends the run as cancelled; the handler's signal aborts, its generator is closed. Without effect once it is over. */
  cancel(): void {
    if (this.#over) return;
    const attempt = this.#attempt;
    this.#end("cancelled");
    if (attempt) stop(attempt, new Fault("cancelled", "The run was cancelled"));
  }

  /** Starts it. A run whose handler and codecs never wait is over when this returns. */
  async start(): Promise<void> {
    try {
      const todo = [this.call.action];
      let failed = false;
      let steps = 0;
      for (let key = todo.shift(); key !== undefined && !this.#over; key = todo.shift()) {
        const action = this.#action(key);
        const attempt = this.#attempt = this.#attempt?.action === action && steps === 0
          ? this.#attempt
          : attemptOf(action);
        const fault = steps++ < MOST_STEPS ? this.#try(attempt) : endless();
        const ended = fault instanceof Promise ? await fault : fault;
        if (this.#over) return;
        if (ended) {
          this.#failure = { action: key, ...ended.toJSON() };
          this.#emit({ type: "failed", ...this.#failure });
        }
        // An action that this user may not run does not follow either, and so handles no failure.
        const next = (ended ? action.then.failure : action.then.success).filter((key) => this.#may(key));
        failed ||= ended !== undefined && !(action.then.mends && next.length > 0);
        if (steps > MOST_STEPS) break;
        todo.push(...next);
        for (const key of this.#values.changed()) {
          todo.push(...(this.call.demo.changes[key] ?? []).filter((key) => this.#may(key)));
        }
      }
      this.#end(failed ? "failed" : "done");
    } finally {
      this.#isStopped = true;
      this.free();
    }
  }

  /** Lets other runs of its session change what it has changed, once it does nothing more and cannot be refused any more. */
  free(): void {
    if (this.#isStopped && !this.admitting) this.#turn?.[Symbol.dispose]();
  }

  // Everything below avoids `await` where nothing has to be waited for: most events are over within one turn.
  #try(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { action } = attempt;
    try {
      if (action.checks && !attempt.checked) {
        const found = this.#askChecks(attempt);
        if (!isPromise(found)) return found ?? this.#answer(attempt);
        return found.then(
          (found) => found ?? this.#answer(attempt),
          (error) => this.#fault(attempt, error),
        );
      }
      return this.#answer(attempt);
    } catch (error) {
      return this.#fault(attempt, error);
    }
  }

  #check(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { checks = {}, inputs } = attempt.action;
    const input = this.#input(attempt);
    const told = (found: Fault | undefined) => {
      attempt.checked = !found;
      return found;
    };
    const asked = isPromise(input)
      ? input.then((input) => runChecks(checks, input, inputs))
      : runChecks(checks, input, inputs);
    return isPromise(asked) ? asked.then(told) : told(asked);
  }

  /** What the handler will receive; kept, so that it is decoded once. */
  #input(attempt: Attempt): unknown {
    if (attempt.input) return attempt.input.value;
    const input = this.#timed("decode", attempt, () => this.#values.decode(attempt.action));
    const kept = (value: unknown) => {
      attempt.input = { value };
      return value;
    };
    return isPromise(input) ? input.then(kept) : kept(input);
  }

  #answer(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { cache, batch } = attempt.action;
    if (!cache && batch === undefined) return this.#queue(attempt);
    const input = cache && !cache.key ? undefined : this.#input(attempt);
    const go = () => cache ? this.#remembered(attempt) : this.#merged(attempt);
    if (!isPromise(input)) return go();
    return input.then(go).catch((error) => this.#fault(attempt, error));
  }

  #remembered(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { action } = attempt;
    const { cache } = action;
    if (!cache) return this.#queue(attempt);
    const key = keyOf(cache, this.call, {
      input: () => attempt.input?.value,
      wire: () => this.#values.wire(action),
    });
    const given = cache.find(key);
    if (!given) {
      const answer = attempt.answer = { key, given: [] as unknown[] };
      const ended = this.#queue(attempt);
      const keep = (fault: Fault | undefined) => {
        if (!fault && !this.#over && answer.given) cache.keep(key, answer.given);
        return fault;
      };
      return isPromise(ended) ? ended.then(keep) : keep(ended);
    }
    this.#emit({ type: "started", action: action.key, cached: true });
    this.#emit({ type: "log", level: "info", text: "Answered from the cache", seconds: 2 });
    return this.#again(attempt, given).then(() => undefined, (error) => this.#fault(attempt, error));
  }

  async #again(attempt: Attempt, given: readonly unknown[]): Promise<void> {
    for (const one of given) await this.#give(attempt, one, true);
  }

  async #merged(attempt: Attempt): Promise<Fault | undefined> {
    const { action } = attempt;
    if (this.mayBegin) await this.#begin();
    const signal = signalOf(attempt);
    const late = Promise.withResolvers<void>();
    let timer: Disposable | undefined;
    try {
      const given = await Promise.race([
        late.promise,
        this.#host.batches.run({
          name: tupleKey(this.call.page, action.key),
          size: action.batch ?? 1,
          fn: action.fn as (inputs: readonly unknown[], run: unknown) => unknown,
          input: attempt.input?.value,
          entry: this.#entry(action),
          signal,
          started: () => {
            this.begun = true;
            this.#emit({ type: "started", action: action.key });
            timer = this.#timer(attempt, late.resolve);
          },
          progress: (done, total, note) =>
            this.#emitter()({ type: "progress", action: action.key, ...shareOf(done, total), note }),
        }),
      ]);
      if (attempt.over) return attempt.over;
      await this.#give(attempt, given);
      return undefined;
    } catch (error) {
      return this.#fault(attempt, error);
    } finally {
      timer?.[Symbol.dispose]();
    }
  }

  #queue(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    // One turn for all that the run may change: it has it to its end, so that nobody goes on from a state that a crash
    // may still take back, and no two runs wait for each other.
    if (this.#turn || attempt.action.owns.length === 0) return this.#enter(attempt);
    const turn = this.#host.turns.take(
      this.#owned(),
      (before) => {
        this.#emit({ type: "queued", position: before, of: before });
        return signalOf(attempt);
      },
    );
    if (!(turn instanceof Promise)) return this.#inTurn(attempt, turn);
    return turn.then((turn) => this.#inTurn(attempt, turn), (error) => this.#fault(attempt, error));
  }

  #owned(): string[] {
    const { session, page, demo, action } = this.call;
    return (demo.owned[action] ?? []).map((key) => tupleKey(session.id, page, key));
  }

  #inTurn(attempt: Attempt, turn: Disposable): Fault | undefined | Promise<Fault | undefined> {
    this.#turn = turn;
    return attempt.over ?? this.#enter(attempt);
  }

  #enter(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { queue, observer } = this.#host;
    const begun = observer?.begin("queue", this.#observed(attempt));
    try {
      const free = queue.take(this.#group(attempt.action));
      if (free) {
        begun?.();
        return this.#inPlace(attempt, free);
      }
      const place = queue.enter({ ...this.#entry(attempt.action), signal: () => signalOf(attempt) });
      return Promise.resolve(place).finally(begun).then(
        (place) => this.#inPlace(attempt, place),
        (error) => this.#fault(attempt, error),
      );
    } catch (error) {
      return this.#fault(attempt, error);
    }
  }

  #group({ group, limit }: BoundAction): GroupName {
    return {
      // A group that nobody named belongs to the action of this page alone.
      group: group.startsWith(":") ? tupleKey(this.call.page, group) : group,
      limit: group.startsWith(REMOTE_GROUP) ? this.#host.seats ?? limit : limit,
    };
  }

  #entry(action: BoundAction): Omit<Entry, "signal"> {
    return {
      ...this.#group(action),
      priority: action.priority,
      session: this.call.session.id,
      standing: (position, of, etaMs) => this.#emit({ type: "queued", position, of, etaMs }),
    };
  }

  #inPlace(attempt: Attempt, place: Place): Fault | undefined | Promise<Fault | undefined> {
    if (this.mayBegin) return this.#begin().then(() => this.#inPlace(attempt, place));
    if (attempt.over) {
      place[Symbol.dispose]();
      return attempt.over;
    }
    let later = false;
    try {
      this.begun = true;
      this.#emit({ type: "started", action: attempt.action.key });
      const input = this.#input(attempt);
      const work = isPromise(input)
        ? input.then((input) => this.#handle(attempt, input))
        : this.#handle(attempt, input);
      if (!isPromise(work)) return undefined;
      later = true;
      // One that does not hear of its end holds its place, and what its session waits for, for a while only.
      let deaf: Disposable | undefined;
      const deserted = Promise.withResolvers<void>();
      const stopped = () => void (deaf = this.#host.after(DEAF_MS, deserted.resolve));
      attempt.stopped = stopped;
      const timer = this.#timer(attempt, deserted.resolve);
      return Promise.race([work, deserted.promise])
        .then(() => attempt.over, (error) => this.#fault(attempt, error))
        .finally(() => {
          timer?.[Symbol.dispose]();
          deaf?.[Symbol.dispose]();
          place[Symbol.dispose]();
        });
    } catch (error) {
      return this.#fault(attempt, error);
    } finally {
      if (!later) place[Symbol.dispose]();
    }
  }

  #begin(): Promise<void> {
    const begin = this.mayBegin?.() ?? Promise.resolve();
    this.mayBegin = undefined;
    return begin;
  }

  // A handler whose time is up is told so and not waited for.
  #timer(attempt: Attempt, late: () => void): Disposable | undefined {
    const { timeoutMs } = attempt.action;
    const { limit } = this.#host;
    if (timeoutMs === null || (timeoutMs === undefined && !limit)) return undefined;
    const ended = () => {
      const seconds = (timeoutMs ?? limit?.ms ?? 0) / 1000;
      const how = timeoutMs === undefined ? ". An action that takes longer sets timeoutMs" : "";
      stop(attempt, new Fault("timeout", `It took longer than ${seconds} s and was stopped${how}`));
      late();
    };
    return timeoutMs === undefined ? limit?.begin(ended) : this.#host.after(timeoutMs, ended);
  }

  #handle(attempt: Attempt, input: unknown): void | Promise<void> {
    const { fn } = attempt.action;
    if (!fn) return;
    return this.#timed("handler", attempt, () => {
      const result: unknown = fn(
        input as never,
        new Context({
          attempt,
          emit: this.#emitter(),
          request: this.call.request,
          session: this.call.session.id,
          failure: this.#failure,
          event: this.call.event,
        }) as never,
      );
      if (isPromise(result)) return result.then((value) => this.#give(attempt, value));
      if (isGenerator(result)) return this.#drain(attempt, result);
      return this.#give(attempt, result);
    });
  }

  #emitter(): (frame: FrameBody) => void {
    if (this.#emitLater) return this.#emitLater;
    // Not assigned as it is written: V8 takes such a function for one that stays, and it would keep the run.
    const emit = (frame: FrameBody) => {
      this.#emit(frame, frame.type === "log" ? frame.text.length : 0);
      this.#bound();
    };
    return this.#emitLater = emit;
  }

  /** Gives a state, or keeps it until the ones before are paid for. */
  async #paced(attempt: Attempt, pace: Pace, value: unknown): Promise<void> {
    for (const one of pace.take(value, attempt.action.outputs.single)) {
      await this.#giveAndPay(attempt, pace, one);
    }
  }

  async #giveAndPay(attempt: Attempt, pace: Pace, value: unknown): Promise<void> {
    await this.#give(attempt, value);
    pace.gave(this.#values.madeAnew(attempt.action));
  }

  /** Waits for the next step; what is held is given once its time has come. */
  async #held<T>(attempt: Attempt, pace: Pace, step: Promise<T>): Promise<T> {
    const { waitMs } = pace;
    if (waitMs === undefined) return await step;
    const due = Promise.withResolvers<void>();
    using _timer = this.#host.after(waitMs, due.resolve);
    const first = step.then(() => true);
    if (!await Promise.race([first, due.promise])) await this.#giveAndPay(attempt, pace, pace.release());
    return await step;
  }

  async #drain(attempt: Attempt, generator: AnyGenerator): Promise<void> {
    const pace = this.#values.isAnew(attempt.action) ? new Pace(() => this.#host.now()) : undefined;
    const close = () => void Promise.resolve(generator.return?.(undefined)).catch(() => {});
    const signal = signalOf(attempt);
    signal.addEventListener("abort", close, { once: true });
    try {
      let turn = performance.now();
      for (;;) {
        const step = generator.next();
        const { done, value } = isPromise(step)
          ? await (pace ? this.#held(attempt, pace, step) : step) as IteratorResult<unknown>
          : step as IteratorResult<unknown>;
        if (attempt.over) return;
        if (!done || value !== undefined) {
          const given = pace ? this.#paced(attempt, pace, value) : this.#give(attempt, value);
          if (given) await given;
        }
        if (done) return;
        if (performance.now() - turn > TURN_MS) {
          await new Promise((resolve) => setTimeout(resolve));
          turn = performance.now();
        }
      }
    } finally {
      signal.removeEventListener("abort", close);
      if (pace && !attempt.over) await this.#give(attempt, pace.release());
      if (attempt.over) close();
    }
  }

  /** Takes what a handler gave. `copy`: it was given before, to others perhaps. */
  #give(attempt: Attempt, given: unknown, copy = false): void | Promise<void> {
    const { action } = attempt;
    const { single, names } = action.outputs;
    if (given === undefined || attempt.over) return;
    if (attempt.answer) remember(attempt.answer, given);
    const keys = Object.keys(names);
    if (keys.length === 0) return checkNothing(action.key, given);
    const entries: [string, unknown][] = [];
    if (single) entries.push([names[keys[0] as string] as string, given]);
    else {
      if (typeof given !== "object" || given === null || given instanceof Updated) {
        throw new Fault("bad_output", `"${action.key}" must give an object with some of: ${keys.join(", ")}`);
      }
      for (const [name, value] of Object.entries(given)) {
        const key = names[name];
        if (key === undefined) {
          throw new Fault(
            "bad_output",
            `"${action.key}" gave "${name}", which is none of its outputs: ${keys.join(", ")}`,
          );
        }
        if (value !== undefined) entries.push([key, value]);
      }
    }
    const outputs = this.#timed("encode", attempt, () => this.#values.encode(entries, { copy }));
    if (!isPromise(outputs)) return this.#output(action, outputs);
    return outputs.then((outputs) => {
      if (!attempt.over) this.#output(action, outputs);
    });
  }

  #output(action: BoundAction, outputs: Outputs): void {
    if (outputs.edits) this.#values.write(outputs.edits);
    for (const frame of this.#values.frames(action.key, outputs)) {
      this.#emit(frame, weigh(frame.values, MOST_FRAME));
    }
    this.#bound();
  }

  /** Keeps the log within its part of the room that there is for all logs. */
  #bound(): void {
    if (this.#over) return;
    const { logs } = this.#host;
    if (this.added > logs.mostLog) this.#compact();
    logs.changed(this.#counted, this.weight);
    this.#counted = this.weight;
  }

  // Readers that are behind, or come later, get the values as they are: what was in between is of no use to a page.
  #compact(): void {
    const whole = this.#values.whole(this.call.action);
    this.standFor(this.last - 1, whole);
    this.#host.said?.(this, whole);
  }

  #action(key: string): BoundAction {
    const action = this.call.demo.actions[key];
    if (!action) throw noAction();
    return action;
  }

  #may(key: string): boolean {
    return isAllowed(this.call.request.user, this.#action(key).allow);
  }

  #fault(attempt: Attempt, error: unknown): Fault {
    if (attempt.over) return attempt.over;
    if (error instanceof Fault) {
      if (error.cause !== undefined && error.code !== "bad_input") this.#host.broke(error);
      return error;
    }
    return new Fault("internal", this.#host.broke(error), { cause: error });
  }

  #observed({ action }: Attempt): { id: string; page: string; action: string } {
    return { id: this.id, page: this.call.page, action: action.key };
  }

  #timed<T>(phase: Phase, attempt: Attempt, work: () => T): T {
    const { observer } = this.#host;
    if (!observer) return work();
    const over = observer.begin(phase, this.#observed(attempt));
    let later = false;
    try {
      const result = work();
      later = isPromise(result);
      return later ? (result as Promise<unknown>).finally(over) as T : result;
    } finally {
      if (!later) over();
    }
  }

  #emit(frame: FrameBody, bytes = 0): void {
    if (this.#over) return;
    this.push(frame, bytes);
    this.#host.said?.(this, frame);
    if (this.said > MOST_SAID && frame.type !== "failed") this.interrupt(tooMuch());
  }

  #end(outcome: DoneFrame["outcome"]): void {
    if (this.#over) return;
    this.#over = true;
    const written = this.written = this.#values.written;
    this.#values.clear();
    const ms = Math.round((this.#host.now() - this.#startedMs) * 10) / 10;
    const done: DoneFrame = { type: "done", outcome, ms };
    if (!this.#host.keepEnd) return this.#close(done);
    this.ending = this.#host.keepEnd(this, done, written).then(
      () => this.#close(done),
      () => this.#close({ ...done, kept: false }),
    );
  }

  #close(done: DoneFrame): void {
    this.push(done);
    this.close();
    this.#host.logs.changed(this.#counted, 0);
    this.#counted = 0;
    // It is kept for a while, so it releases everything that nobody asks a finished run for.
    this.#call = withoutValues(this.#call);
    this.#attempt = this.#emitLater = this.#failure = undefined;
    // One that is not admitted after all has to undo it.
    if (!this.admitted) this.written = undefined;
    const { id, call: { page, action } } = this;
    this.#host.observer?.ended({ id, page, action }, done.outcome, done.ms);
    this.#host.ended(this);
  }
}

function tooMuch(): Fault {
  return new Fault("bad_output", `Stopped after ${MOST_SAID / 1024 / 1024} MiB: one run gives no more`);
}

// A value that no field takes is a mistake of wiring: its author waits for it to be seen somewhere.
function checkNothing(key: string, given: unknown): void {
  if (given === null || typeof given === "object" && Object.keys(given).length === 0) return;
  throw new Fault(
    "bad_output",
    `"${key}" gave ${
      kindOf(given)
    }, but it has no outputs: name the field that shows it, as in outputs: result`,
  );
}

function endless(): Fault {
  return new Fault("bad_output", `Stopped after ${MOST_STEPS} steps: actions of this demo start each other`);
}
