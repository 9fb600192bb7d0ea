import { Fault } from "@/lib/value/fault.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import { type AnyFunction, pack, unpack } from "./pack.ts";
import type { Seat, SeatHolder, Task } from "./port.ts";
import { reviveError, tellError } from "./told.ts";
import { isShare } from "@/lib/engine/share.ts";

/**
 * How a call left its seat: `idle` can take the next call, `spent` is to be ended, `stuck` cannot be, `gone` is over.
 */
export type Left = "idle" | "spent" | "stuck" | "gone";

/** The part of a pool that a call needs. */
export interface JobHost {
  /** Milliseconds, and callbacks after some. */
  readonly clock: { now(): number; after(ms: number, callback: () => void): Disposable };
  /** How long a handler has to end after it was asked to. */
  readonly graceMs: number;
  /** Waits for a seat. */
  take(task: Task, signal: AbortSignal): Promise<Seat>;
  /** Gives it back. */
  leave(seat: Seat, left: Left): void;
  /** The call has begun. */
  began(job: Job): void;
  /** It is over, and has left its seat. */
  ended(job: Job): void;
}

type Step = IteratorResult<unknown, unknown>;

const DEFAULT_TIMEOUT_MS = 60_000;
// More messages of a handler are dropped: they would only fill the log of the run.
const MOST_TOLD = 10_000;
let ids = 0;

/** One call in a pool, as the generator that the engine reads. */
export class Job implements AsyncGenerator<unknown, unknown, undefined>, SeatHolder {
  readonly #id = ++ids;
  readonly #task: Task;
  readonly #host: JobHost;
  readonly #left = new AbortController();
  readonly #lent: AnyFunction[] = [];
  readonly #gone = Promise.withResolvers<void>();
  #answer: PromiseWithResolvers<Step> | undefined;
  #seat: Seat | undefined;
  #over = false;
  #heard = false;
  #budgetMs: number;
  #workSince = 0;
  #timer: Disposable | undefined;
  #told = 0;

  /** Begins with the first `next()`. */
  constructor(task: Task, host: JobHost) {
    this.#task = task;
    this.#host = host;
    this.#budgetMs = task.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  next(): Promise<Step> {
    const before = this.#answer;
    if (before) return before.promise.then(() => this.next(), () => this.next());
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    const answer = this.#answer = Promise.withResolvers<Step>();
    if (this.#seat) this.#work((limitMs) => ({ type: "next", id: this.#id, limitMs }));
    else this.#begin();
    return answer.promise;
  }

  async return(value?: unknown): Promise<Step> {
    this.#stop("cancelled");
    await this.#gone.promise;
    return { done: true, value };
  }

  async throw(error?: unknown): Promise<Step> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Ends it from outside: its reader is told why. */
  async end(fault: Fault): Promise<void> {
    this.#stop("cancelled", fault);
    await this.#gone.promise;
  }

  hear(message: FromHandler): void {
    if (!("id" in message) || message.id !== this.#id) return;
    switch (message.type) {
      case "closing":
        this.#heard = true;
        return;
      case "progress":
      case "log":
      case "call":
        if (!this.#over) this.#serve(message);
        return;
      case "yield":
        if (this.#over) return;
        if (this.#answer) return this.#give(message.value, false);
        this.#leave("spent");
        return this.#fail(new Fault("internal", "The handler's process gave what was not asked for"));
      case "return":
        this.#leave("idle");
        if (!this.#over) this.#give(message.value, true);
        return;
      case "throw":
        this.#leave(message.cut ? "spent" : "idle");
        if (!this.#over) this.#fail(message.cut ? this.#timeout() : this.#revive(message.error));
        return;
      default:
        message satisfies never;
    }
  }

  died(fault: Fault): void {
    this.#leave("gone");
    if (!this.#over) this.#fail(fault);
  }

  async #begin(): Promise<void> {
    const { signal } = this.#task.context;
    signal.addEventListener("abort", this.#cancel, { once: true });
    this.#host.began(this);
    this.#gone.promise.then(() => this.#host.ended(this));
    if (signal.aborted) return this.#cancel();
    try {
      const seat = await this.#host.take(this.#task, this.#left.signal);
      if (this.#over) return this.#host.leave(seat, "idle");
      this.#seat = seat;
      seat.holder = this;
      this.#work((limitMs) => this.#opening(limitMs));
    } catch (error) {
      if (!this.#over) this.#fail(error);
    }
  }

  #opening(limitMs: number): ToHandler {
    const { module, name, input, context } = this.#task;
    // The rest is created where the handler runs. By name, because a context creates its parts on demand.
    const { session, failure, event, request: { headers, url, query, cookies, client, user }, log } = context;
    const told = { session, failure, event, request: { headers, url, query, cookies, client, user } };
    const lend = (fn: AnyFunction) => this.#lent.push(fn) - 1;
    return {
      type: "run",
      id: this.#id,
      module,
      name,
      input: pack(input, lend),
      context: pack(told, lend),
      levels: Object.keys(log),
      limitMs,
    };
  }

  // Only the handler's own time counts, not how long its reader takes.
  #work(message: (limitMs: number) => ToHandler): void {
    const { clock } = this.#host;
    this.#workSince = clock.now();
    this.#timer = clock.after(this.#budgetMs, () => this.#stop("timeout", this.#timeout()));
    try {
      this.#seat?.send(message(this.#budgetMs));
    } catch (error) {
      this.#leave("idle");
      this.#fail(error);
    }
  }

  #rest(): void {
    if (!this.#timer) return;
    this.#timer[Symbol.dispose]();
    this.#timer = undefined;
    this.#budgetMs = Math.max(1, this.#budgetMs - (this.#host.clock.now() - this.#workSince));
  }

  #give(value: unknown, done: boolean): void {
    let unpacked: unknown;
    try {
      unpacked = unpack(value, () => undefined);
    } catch (error) {
      return this.#fail(error);
    }
    this.#rest();
    const answer = this.#answer;
    this.#answer = undefined;
    if (done) this.#finish();
    answer?.resolve({ done, value: unpacked });
  }

  #fail(error: unknown): void {
    this.#rest();
    const answer = this.#answer;
    this.#answer = undefined;
    this.#finish();
    answer?.reject(error);
  }

  #finish(): void {
    this.#over = true;
    this.#task.context.signal.removeEventListener("abort", this.#cancel);
    if (!this.#seat) this.#gone.resolve();
  }

  readonly #cancel = (): void => this.#stop("cancelled", new Fault("cancelled", "The run was cancelled"));

  #stop(reason: "cancelled" | "timeout", fault?: Fault): void {
    if (this.#over) return;
    const seat = this.#seat;
    if (fault) this.#fail(fault);
    else {
      this.#rest();
      this.#answer?.resolve({ done: true, value: undefined });
      this.#answer = undefined;
      this.#finish();
    }
    this.#left.abort();
    if (!seat) return;
    const { clock, graceMs } = this.#host;
    seat.raise(this.#id);
    seat.send({ type: "close", id: this.#id, reason, graceMs });
    // A worker whose event loop has noticed the end can be ended; a blocked worker cannot.
    this.#timer = clock.after(graceMs, () => this.#leave(this.#heard || seat.killable ? "spent" : "stuck"));
  }

  #leave(left: Left): void {
    const seat = this.#seat;
    if (!seat) return;
    this.#seat = undefined;
    if (this.#over) this.#timer?.[Symbol.dispose]();
    seat.holder = undefined;
    this.#host.leave(seat, left);
    this.#gone.resolve();
  }

  #timeout(): Fault {
    const seconds = Math.round((this.#task.options.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 100) / 10;
    return new Fault("timeout", `The handler took longer than ${seconds} s and was stopped`);
  }

  #revive(told: Extract<FromHandler, { type: "throw" }>["error"]): Error {
    const error = reviveError(told);
    if (
      this.#task.options.runs !== "process" ||
      !/^(Array buffer allocation failed|WebAssembly.Memory)/.test(error.message)
    ) {
      return error;
    }
    return new Fault("internal", "The handler used more memory than it may", { cause: error });
  }

  #serve(message: Extract<FromHandler, { type: "progress" | "log" | "call" }>): void {
    const { progress, log } = this.#task.context;
    if (message.type === "call") return void this.#answerCall(message);
    if (++this.#told > MOST_TOLD) return;
    if (message.type === "progress") {
      const { done, total, note } = message;
      // Checked there already, unless something there sends messages of its own.
      if (!isShare(done, total)) return;
      return progress(done, total, note === undefined ? undefined : String(note));
    }
    const { level, text, options } = message;
    if (!Object.hasOwn(log, level)) return;
    const { title, seconds } = (options ?? {}) as { title?: unknown; seconds?: unknown };
    log[level as keyof typeof log](text, {
      ...typeof title === "string" ? { title } : {},
      ...typeof seconds === "number" ? { seconds } : {},
    });
  }

  async #answerCall({ call, fn, args }: Extract<FromHandler, { type: "call" }>): Promise<void> {
    const id = this.#id;
    const answer = (message: ToHandler) => {
      if (!this.#over) this.#seat?.send(message);
    };
    try {
      const value = await this.#lent[fn]?.(...unpack(args, () => undefined) as unknown[]);
      answer({ type: "answer", id, call, value: pack(value, (fn) => this.#lent.push(fn) - 1) });
    } catch (error) {
      answer({ type: "answer", id, call, error: tellError(error) });
    }
  }
}
