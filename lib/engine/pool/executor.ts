import vm from "node:vm";
import type { AnyFunction } from "./pack.ts";
import { pack, unpack } from "./pack.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import { remoteSignal } from "./remote_signal.ts";
import { reviveError, tellError } from "./told.ts";
import { type AnyGenerator, isGenerator, isPromise } from "@/lib/engine/result.ts";
import { shareOf } from "@/lib/engine/share.ts";

/** Where an executor's messages go. */
export interface Outlet {
  /** Sends one. @throws when a value in it cannot be copied. */
  readonly send: (message: FromHandler) => void;
  /** Memory shared with the pool: the number of the call that is to end. Absent where there is none. */
  flag?: Int32Array<SharedArrayBuffer>;
}

interface Current {
  readonly id: number;
  readonly abort: AbortController;
  readonly answers: Map<number, PromiseWithResolvers<unknown>>;
  generator?: AnyGenerator;
  closing: boolean;
  toldMs: number;
  untold?: FromHandler | undefined;
}

type Run = Extract<ToHandler, { type: "run" }>;

// More often than this nobody sees it, and a loop that tells each of its turns would fill the pipe.
const TELL_EVERY_MS = 30;
const STEP = Symbol.for("atoll.step");
// `Worker.terminate()` does not stop code that blocks (Deno 2.9.6); a script's timeout does, whatever it calls.
const script = new vm.Script(`globalThis[Symbol.for("atoll.step")]()`);

/** Runs handlers where it is: the part of a pool that lives in a worker or a process. One call at a time. */
export class Executor {
  readonly #outlet: Outlet;
  readonly #modules = new Map<string, Record<string, unknown>>();
  #current: Current | undefined;
  #calls = 0;

  /** Does nothing until a message is heard. */
  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Takes a message of the pool. */
  hear(message: ToHandler): void {
    if (message.type === "run") return void this.#run(message);
    if (message.type === "open") return void (this.#outlet.flag = new Int32Array(message.flag));
    const current = this.#current;
    if (!current || current.id !== message.id) return;
    switch (message.type) {
      case "next":
        return void this.#next(current, message.limitMs);
      case "close":
        return void this.#close(current, message.reason, message.graceMs);
      case "answer": {
        const answer = current.answers.get(message.call);
        current.answers.delete(message.call);
        if ("error" in message) answer?.reject(reviveError(message.error));
        else answer?.resolve(unpack(message.value, () => undefined));
        return;
      }
      default:
        message satisfies never;
    }
  }

  async #run(message: Run): Promise<void> {
    const { id, module, name, limitMs } = message;
    const abort = new AbortController();
    const current: Current = { id, abort, answers: new Map(), closing: false, toldMs: -Infinity };
    this.#current = current;
    try {
      const exports = this.#modules.get(module) ?? await this.#load(module);
      const fn = exports[name];
      if (typeof fn !== "function") {
        throw new TypeError(`Cannot run "${name}" of ${module}: it exports no such function`);
      }
      if (current.closing) return this.#end(current, { type: "return", id, value: undefined });
      const borrow = (fn: number) => (...args: unknown[]) => this.#call(current, fn, args);
      const input = unpack(message.input, borrow);
      const context = this.#context(current, message, borrow);
      const result = guarded(() => fn(input, context), limitMs);
      const value = isPromise(result) ? await result : result;
      if (isGenerator(value)) {
        current.generator = value;
        if (current.closing) return void this.#return(current, limitMs);
        return void this.#next(current, limitMs);
      }
      this.#end(current, { type: "return", id, value: packed(value) });
    } catch (error) {
      this.#throw(current, error);
    }
  }

  async #load(module: string): Promise<Record<string, unknown>> {
    const exports = await import(module) as Record<string, unknown>;
    this.#modules.set(module, exports);
    return exports;
  }

  async #next(current: Current, limitMs: number): Promise<void> {
    const { generator, id } = current;
    if (!generator) return;
    try {
      const step = guarded(() => generator.next(), limitMs);
      const { done, value } = (isPromise(step) ? await step : step) as IteratorResult<unknown>;
      // Its end has been asked for meanwhile; that is what will be told.
      if (current.closing || this.#current !== current) return;
      if (done) return this.#end(current, { type: "return", id, value: packed(value) });
      this.#flush(current);
      this.#outlet.send({ type: "yield", id, value: packed(value) });
    } catch (error) {
      this.#throw(current, error);
    }
  }

  #close(current: Current, reason: "cancelled" | "timeout", graceMs: number): void {
    if (current.closing) return;
    current.closing = true;
    this.#outlet.send({ type: "closing", id: current.id });
    current.abort.abort(new DOMException(`The run was ended: ${reason}`, "AbortError"));
    for (const answer of current.answers.values()) {
      answer.promise.catch(() => {});
      answer.reject(current.abort.signal.reason);
    }
    if (current.generator) this.#return(current, graceMs);
  }

  async #return(current: Current, limitMs: number): Promise<void> {
    try {
      const step = guarded(() => current.generator?.return?.(undefined), limitMs);
      if (isPromise(step)) await step;
      this.#end(current, { type: "return", id: current.id, value: undefined });
    } catch (error) {
      this.#throw(current, error);
    }
  }

  #throw(current: Current, error: unknown): void {
    const { id } = current;
    this.#end(current, { type: "throw", id, error: tellError(error), cut: isCutOff(error) });
  }

  #end(current: Current, message: FromHandler): void {
    if (this.#current !== current) return;
    this.#current = undefined;
    this.#flush(current);
    try {
      this.#outlet.send(message);
    } catch (error) {
      this.#outlet.send({ type: "throw", id: current.id, error: tellError(error), cut: false });
    }
  }

  #context(current: Current, { context, levels }: Run, borrow: (id: number) => unknown): unknown {
    const { id, abort } = current;
    const tell = (done: number, total?: number, note?: string) => {
      const message = { type: "progress", id, ...shareOf(done, total), note } as const;
      const now = performance.now();
      if (now - current.toldMs < TELL_EVERY_MS) return void (current.untold = message);
      current.toldMs = now;
      current.untold = undefined;
      if (this.#current === current) this.#outlet.send(message);
    };
    const log = Object.fromEntries(levels.map((level) => [level, (text: unknown, options: unknown = {}) => {
      if (this.#current === current) {
        this.#outlet.send({ type: "log", id, level, text: String(text), options });
      }
    }]));
    return {
      ...unpack(context, borrow) as object,
      signal: remoteSignal(abort, () => this.#outlet.flag?.[0] === id),
      progress: Object.assign(tell, { each: (items: Items, note?: string) => each(items, tell, note) }),
      log,
    };
  }

  #call(current: Current, fn: number, args: readonly unknown[]): Promise<unknown> {
    if (this.#current !== current || current.closing) {
      return Promise.reject(new DOMException("The run has ended", "AbortError"));
    }
    const call = ++this.#calls;
    const answer = Promise.withResolvers<unknown>();
    current.answers.set(call, answer);
    this.#outlet.send({ type: "call", id: current.id, call, fn, args: packed(args) as unknown[] });
    return answer.promise;
  }

  #flush(current: Current): void {
    const { untold } = current;
    current.untold = undefined;
    if (untold) this.#outlet.send(untold);
  }
}

function guarded<T>(work: () => T, limitMs: number): T {
  (globalThis as { [STEP]?: () => T })[STEP] = work;
  return script.runInThisContext({ timeout: Math.max(1, Math.ceil(limitMs)), displayErrors: false }) as T;
}

// Even reading a thrown value may throw.
function isCutOff(error: unknown): boolean {
  try {
    return error instanceof Error && (error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
  } catch {
    return false;
  }
}

function packed(value: unknown): unknown {
  return pack(value, (fn: AnyFunction) => {
    throw new TypeError(
      `Cannot hand over the function ${fn.name}: a handler that runs elsewhere gives plain data`,
    );
  });
}

type Items = Iterable<unknown> | AsyncIterable<unknown>;

async function* each(
  items: Items,
  tell: (done: number, total?: number, note?: string) => void,
  note?: string,
) {
  const total = Array.isArray(items) ? items.length : undefined;
  let done = 0;
  if (total !== undefined) tell(0, total, note);
  for await (const item of items) {
    yield item;
    done++;
    if (total !== undefined) tell(done, total, note);
  }
}
