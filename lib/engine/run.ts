import type { RunContext, RunRequest } from "@/lib/demo/action.ts";
import { RESET, Updated } from "@/lib/demo/action.ts";
import type { BoundAction, Demo } from "@/lib/demo/blocks.tsx";
import { type CodecContext, componentOf } from "@/lib/demo/component.ts";
import { tell } from "@/lib/demo/explain.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FrameBody, OutputFrame } from "@/lib/wire/frame.ts";
import { diff, type Patch } from "@/lib/wire/patch.ts";
import { type Attempt, signalOf, stop } from "./attempt.ts";
import { Context } from "./context.ts";
import type { Place, Queue } from "./queue.ts";
import type { Session } from "./sessions.ts";
import { type AnyGenerator, isGenerator, isPromise } from "./result.ts";

/** A request to run an action: what every protocol is translated into. */
export interface Call {
  /** Chosen by who asks, one for each call of a session: a call that is sent again starts nothing. */
  readonly id?: string | undefined;
  /** The demo whose action it is. */
  readonly demo: Demo;
  /** Key of the action. */
  readonly action: string;
  /** Wire values by argument name of the action. */
  readonly input: Readonly<Record<string, Json | undefined>>;
  /** Wire values of further fields by key, for the actions that follow. */
  readonly rest?: Readonly<Record<string, Json | undefined>>;
  /** Who asks, and what is held for them. */
  readonly session: Session;
  /** Path of the page, under which its files are reached. */
  readonly page: string;
  /** The request that started it, for the handler to see. */
  readonly request: RunRequest;
  /** What the event that started it carried. */
  readonly event?: Json | undefined;
}

/** What a run needs of the engine. */
export interface RunHost {
  /** Hands out the places of concurrency groups. */
  readonly queue: Queue;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Makes the codec context of one run: how its components read and keep files. */
  readonly codec: (run: Run) => CodecContext;
  /** Logs what broke inside; gives back what the client may read. */
  readonly broke: (error: unknown) => string;
  /** Called once, when the last frame is in the log. */
  readonly ended: (run: Run) => void;
}

// A generator that never waits would keep every other run from going on, and its own cancel from being heard.
const TURN_MS = 12;

/**
 * One run: an action and all that is chained to it. It writes a log of frames, whoever reads it; readers come and go
 * and name the last frame they have seen.
 *
 * It is one long piece because its steps share the state of the run: place, decode, handler, encode and output follow
 * each other without `await` where nothing has to be waited for.
 */
export class Run {
  /** Id of the run. */
  readonly id: string;
  /** What was asked for. */
  readonly call: Call;
  /** All frames so far. The frame at index `i` has `seq` `i + 1`. */
  readonly log: FrameBody[] = [];
  readonly #host: RunHost;
  /** The action that is under way. */
  #attempt: Attempt | undefined;
  readonly #startedMs: number;
  /** Wire values as they are in this run: what the page sent, overwritten by what handlers gave. */
  readonly #values = new Map<string, Json>();
  /** Values that this run has sent, so that the next can be sent as a change. */
  readonly #sent = new Map<string, Json>();
  #failure: RunContext["failure"];
  #emitLater: ((frame: FrameBody) => void) | undefined;
  #waiting: (() => void)[] = [];
  #finished = false;

  /** Checks the call's values. @throws {Fault} `bad_input` with the field, `not_found`. */
  constructor(id: string, call: Call, host: RunHost) {
    this.id = id;
    this.call = call;
    this.#host = host;
    this.#startedMs = host.now();
    const { names } = this.#action(call.action).inputs;
    for (const [name, key] of Object.entries(names)) this.#take(key, call.input[name]);
    for (const [key, value] of Object.entries(call.rest ?? {})) {
      if (Object.hasOwn(call.demo.fields, key) && !this.#values.has(key)) this.#take(key, value);
    }
  }

  /** Whether the last frame is in the log. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Aborts when the run is cancelled, or its action's time is up. */
  get signal(): AbortSignal {
    return this.#attempt ? signalOf(this.#attempt) : AbortSignal.abort();
  }

  /**
   * Resolves at the next frame for a reader who has seen `seq`; `undefined` when there is one already, or the run has
   * finished.
   */
  after(seq: number): Promise<void> | undefined {
    if (this.log.length > seq || this.#finished) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The frames, from the first, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBody & { readonly seq: number }, void, undefined> {
    for (let seq = 0;;) {
      await this.after(seq);
      const body = this.log[seq];
      if (body === undefined) return;
      yield { ...body, seq: ++seq };
    }
  }

  /** Ends the run as cancelled; the handler's signal aborts, its generator is closed. Does nothing once it is over. */
  cancel(): void {
    if (this.#finished) return;
    this.#end("cancelled");
    if (this.#attempt) stop(this.#attempt, new Fault("cancelled", "The run was cancelled"));
  }

  /** Starts it. A run whose handler and codecs never wait is over when this returns. */
  async start(): Promise<void> {
    const todo = [this.call.action];
    let failed = false;
    for (let key = todo.shift(); key !== undefined && !this.#finished; key = todo.shift()) {
      const action = this.#action(key);
      const attempt: Attempt = this.#attempt = { action, over: undefined, abort: undefined };
      const fault = this.#try(attempt);
      const ended = fault instanceof Promise ? await fault : fault;
      if (this.#finished) return;
      if (ended) {
        this.#failure = { action: key, ...ended.toJSON() };
        this.#emit({ type: "failed", ...this.#failure });
        failed ||= !action.then.mends;
      }
      todo.push(...ended ? action.then.failure : action.then.success);
    }
    this.#end(failed ? "failed" : "done");
  }

  // Everything below avoids `await` where nothing has to be waited for: most events are over within one turn.
  #try(attempt: Attempt): Fault | undefined | Promise<Fault | undefined> {
    const { group, limit, priority } = attempt.action;
    try {
      const place = this.#host.queue.enter({
        group,
        limit,
        priority,
        session: this.call.session.id,
        standing: (position, of, etaMs) => this.#emit({ type: "queued", position, of, etaMs }),
        signal: () => signalOf(attempt),
      });
      if (place instanceof Promise) {
        return place.then((place) => this.#inPlace(attempt, place), (error) => this.#fault(attempt, error));
      }
      return this.#inPlace(attempt, place);
    } catch (error) {
      return this.#fault(attempt, error);
    }
  }

  #inPlace(attempt: Attempt, place: Place): Fault | undefined | Promise<Fault | undefined> {
    let later = false;
    try {
      this.#emit({ type: "started", action: attempt.action.key });
      const input = this.#decode(attempt.action);
      const work = isPromise(input)
        ? input.then((input) => this.#handle(attempt, input))
        : this.#handle(attempt, input);
      if (!isPromise(work)) return undefined;
      later = true;
      return this.#inTime(attempt, work.then(() => undefined, (error) => this.#fault(attempt, error)))
        .finally(() => place[Symbol.dispose]());
    } catch (error) {
      return this.#fault(attempt, error);
    } finally {
      if (!later) place[Symbol.dispose]();
    }
  }

  // A handler whose time is up is told so and not waited for.
  #inTime(attempt: Attempt, work: Promise<Fault | undefined>): Promise<Fault | undefined> {
    const { timeoutMs } = attempt.action;
    if (timeoutMs === undefined) return work;
    return new Promise((resolve) => {
      const timer = this.#host.after(timeoutMs, () => {
        const fault = new Fault("timeout", `It took longer than ${timeoutMs / 1000} s and was stopped`);
        stop(attempt, fault);
        resolve(fault);
      });
      work.then((fault) => {
        timer[Symbol.dispose]();
        resolve(fault);
      });
    });
  }

  #decode(action: BoundAction): unknown {
    const { single, names } = action.inputs;
    const input: Record<string, unknown> = {};
    let waits: Promise<unknown>[] | undefined;
    for (const name in names) {
      const value = this.#decodeOne(names[name] as string);
      if (single) return value;
      if (isPromise(value)) (waits ??= []).push(value.then((value) => input[name] = value));
      else input[name] = value;
    }
    if (single || !waits) return input;
    return Promise.all(waits).then(() => input);
  }

  #decodeOne(key: string): unknown {
    const { demo, session } = this.call;
    const component = componentOf(fieldAt(demo, key));
    if (component.holds === "session") return session.value(demo, key);
    const wire = this.#values.get(key) as Json;
    const { decode } = component;
    if (!decode) return wire;
    return caught(key, () => decode(wire, this.#host.codec(this)));
  }

  #handle(attempt: Attempt, input: unknown): void | Promise<void> {
    const { fn } = attempt.action;
    if (!fn) return;
    const result: unknown = fn(
      input as never,
      new Context({
        attempt,
        emit: this.#emitLater ??= (frame) => this.#emit(frame),
        request: this.call.request,
        session: this.call.session.id,
        failure: this.#failure,
        event: this.call.event,
      }),
    );
    if (isPromise(result)) return result.then((value) => this.#give(attempt, value));
    if (isGenerator(result)) return this.#drain(attempt, result);
    return this.#give(attempt, result);
  }

  async #drain(attempt: Attempt, generator: AnyGenerator): Promise<void> {
    const close = () => void Promise.resolve(generator.return?.(undefined)).catch(() => {});
    const signal = signalOf(attempt);
    signal.addEventListener("abort", close, { once: true });
    try {
      let turn = performance.now();
      for (;;) {
        const step = generator.next();
        const { done, value } = isPromise(step)
          ? await step as IteratorResult<unknown>
          : step as IteratorResult<unknown>;
        if (attempt.over) return;
        if (!done || value !== undefined) {
          const given = this.#give(attempt, value);
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
      if (attempt.over) close();
    }
  }

  #give(attempt: Attempt, given: unknown): void | Promise<void> {
    const { action } = attempt;
    const { single, names } = action.outputs;
    if (given === undefined || attempt.over) return;
    const keys = Object.keys(names);
    if (keys.length === 0) return;
    if (single) return this.#giveAll(attempt, [[names[keys[0] as string] as string, given]]);
    if (typeof given !== "object" || given === null || given instanceof Updated) {
      throw new Fault("bad_output", `"${action.key}" must give an object with some of: ${keys.join(", ")}`);
    }
    const entries: [string, unknown][] = [];
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
    return this.#giveAll(attempt, entries);
  }

  #giveAll(attempt: Attempt, entries: readonly (readonly [string, unknown])[]): void | Promise<void> {
    const values: Record<string, Json> = {};
    const props: Record<string, Record<string, unknown>> = {};
    let waits: Promise<void>[] | undefined;
    for (const [key, given] of entries) {
      let value = given;
      if (given === RESET) {
        const { initial } = fieldAt(this.call.demo, key);
        if (componentOf(fieldAt(this.call.demo, key)).holds === "page") values[key] = initial;
        else this.call.session.setValue(this.call.demo, key, structuredClone(initial));
        continue;
      }
      if (given instanceof Updated) {
        const { value: inner, ...rest } = given.update as Record<string, unknown>;
        this.call.session.changeProps(this.call.demo, key, rest);
        if (Object.keys(rest).length > 0) props[key] = rest;
        if (inner === undefined) continue;
        value = inner;
      }
      const wire = this.#encode(key, value);
      if (isPromise(wire)) (waits ??= []).push(wire.then((wire) => void (values[key] = wire as Json)));
      else if (wire !== undefined) values[key] = wire as Json;
    }
    if (!waits) return this.#output(attempt.action, values, props);
    return Promise.all(waits).then(() => {
      if (!attempt.over) this.#output(attempt.action, values, props);
    });
  }

  #encode(key: string, value: unknown): unknown {
    const { demo, session } = this.call;
    const component = componentOf(fieldAt(demo, key));
    if (component.holds === "session") {
      session.setValue(demo, key, value);
      return undefined;
    }
    const props = session.props(demo, key);
    const check = (wire: unknown): Json => {
      const right = component.wire(props).safeParse(wire);
      if (right.success) return right.data;
      throw new Fault("bad_output", tell(labelOf(demo, key), right.error), {
        field: key,
        cause: right.error,
      });
    };
    const { encode } = component;
    if (!encode) return check(value);
    return caught(key, () => {
      const wire = encode(value, this.#host.codec(this), props);
      return isPromise(wire) ? wire.then(check) : check(wire);
    });
  }

  #output(
    action: BoundAction,
    values: Record<string, Json>,
    props: Record<string, Record<string, unknown>>,
  ): void {
    const set: Record<string, Json> = {};
    const append: Record<string, Json> = {};
    const changes: Record<string, Patch> = {};
    for (const [key, value] of Object.entries(values)) {
      const before = this.#sent.get(key);
      if (
        typeof value === "string" && typeof before === "string" && before !== "" && value.startsWith(before)
      ) {
        if (value.length > before.length) append[key] = value.slice(before.length);
      } else {
        const smaller = before === undefined ? undefined : smallerPatch(before, value);
        if (smaller) changes[key] = smaller;
        else set[key] = value;
      }
      this.#values.set(key, value);
      this.#sent.set(key, value);
    }
    const changed = Object.keys(props).length > 0 ? props : undefined;
    const frame = (
      mode: OutputFrame["mode"],
      values: OutputFrame["values"],
      props?: OutputFrame["props"],
    ) => {
      const body: OutputFrame = { type: "output", action: action.key, values, mode };
      this.#emit(props ? { ...body, props } : body);
    };
    if (changed || Object.keys(set).length > 0) frame("set", set, changed);
    if (Object.keys(append).length > 0) frame("append", append);
    if (Object.keys(changes).length > 0) frame("patch", changes);
  }

  #action(key: string): BoundAction {
    const action = this.call.demo.actions[key];
    if (!action) throw new Fault("not_found", "There is no action of that name");
    return action;
  }

  #take(key: string, value: Json | undefined): void {
    const { demo, session } = this.call;
    const field = fieldAt(demo, key);
    const component = componentOf(field);
    if (component.holds === "session") return;
    if (value === undefined) {
      this.#values.set(key, field.initial);
      return;
    }
    const right = component.wire(session.props(demo, key)).safeParse(value);
    if (!right.success) {
      throw new Fault("bad_input", tell(labelOf(demo, key), right.error), { field: key, cause: right.error });
    }
    this.#values.set(key, right.data);
  }

  #fault(attempt: Attempt, error: unknown): Fault {
    if (attempt.over) return attempt.over;
    if (error instanceof Fault) {
      if (error.cause !== undefined && error.code !== "bad_input") this.#host.broke(error);
      return error;
    }
    return new Fault("internal", this.#host.broke(error), { cause: error });
  }

  #emit(frame: FrameBody): void {
    if (this.#finished) return;
    this.log.push(frame);
    this.#wake();
  }

  #end(outcome: "done" | "failed" | "cancelled"): void {
    if (this.#finished) return;
    const ms = this.#host.now() - this.#startedMs;
    this.log.push({ type: "done", outcome, ms: Math.round(ms * 10) / 10 });
    this.#finished = true;
    this.#sent.clear();
    this.#values.clear();
    this.#wake();
    this.#host.ended(this);
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function fieldAt(demo: Demo, key: string) {
  const field = Object.hasOwn(demo.fields, key) ? demo.fields[key] : undefined;
  if (!field) throw new Fault("not_found", "There is no field of that name");
  return field;
}

function labelOf(demo: Demo, key: string): string {
  return (demo.fields[key]?.props.label as string | undefined) || key;
}

// Names the field in what its codec refuses.
function caught<T>(key: string, work: () => T): T {
  const named = (error: unknown): never => {
    if (error instanceof Fault && error.field === undefined) {
      throw new Fault(error.code, error.message, { field: key, cause: error.cause });
    }
    throw error;
  };
  try {
    const result = work();
    return isPromise(result) ? result.catch(named) as T : result;
  } catch (error) {
    return named(error);
  }
}

function smallerPatch(before: Json, value: Json): Patch | undefined {
  if (typeof before !== "object" || typeof value !== "object" || before === null || value === null) {
    return undefined;
  }
  const changes = diff(before, value);
  return JSON.stringify(changes).length < JSON.stringify(value).length ? changes : undefined;
}
