import type { BatchContext } from "@/lib/demo/action.ts";
import { Fault } from "@/lib/value/fault.ts";
import { DEAF_MS } from "./attempt.ts";
import type { Entry, Place, Queue } from "./queue.ts";

/** A call that may be merged with others. */
export interface Member {
  /** Calls of the same name are merged. */
  readonly name: string;
  /** How many at most. */
  readonly size: number;
  /** Takes all inputs and gives as many outputs. */
  readonly fn: (inputs: readonly unknown[], run: BatchContext) => unknown;
  /** The input of this call. */
  readonly input: unknown;
  /** How it waits for a place. */
  readonly entry: Omit<Entry, "signal">;
  /** Aborts when the call is not wanted any more. */
  readonly signal: AbortSignal;
  /** Called when the handler is about to be called. */
  readonly started: () => void;
  /** Told how far the handler is. */
  readonly progress: (done: number, total?: number, note?: string) => void;
}

interface Waiting extends Member {
  /** Takes it out of the queue: another has taken it along. */
  readonly joined: AbortController;
  readonly outcome: PromiseWithResolvers<unknown>;
}

/**
 * Merges calls that wait. Each waits in the queue like any other call; the first that gets a place takes along the
 * longest-waiting others, up to the size, and they share that place.
 */
export class Batches {
  readonly #queue: Queue;
  readonly #after: (ms: number, callback: () => void) => Disposable;
  readonly #waiting = new Map<string, Set<Waiting>>();

  /** Nobody waits at first. `after` calls back after some milliseconds, unless it is disposed of before. */
  constructor(queue: Queue, after: (ms: number, callback: () => void) => Disposable) {
    this.#queue = queue;
    this.#after = after;
  }

  /**
   * The handler's result for this call. @throws {Fault} of the queue, whatever the handler threw, and the error that it
   * gave in the place of an output.
   */
  async run(member: Member): Promise<unknown> {
    const joined = new AbortController();
    const waiting: Waiting = { ...member, joined, outcome: Promise.withResolvers() };
    // A caller that waits for it comes a little later.
    waiting.outcome.promise.catch(() => {});
    const all = this.#waiting.get(member.name) ?? new Set();
    this.#waiting.set(member.name, all.add(waiting));
    const signal = AbortSignal.any([member.signal, joined.signal]);
    let place: Place;
    try {
      place = await this.#queue.enter({ ...member.entry, signal: () => signal });
    } catch (error) {
      if (joined.signal.aborted) return await waiting.outcome.promise;
      this.#remove(waiting);
      throw error;
    }
    using _place = place;
    const members = [waiting];
    this.#remove(waiting);
    // It may have been cancelled since it got its place: then that goes to the next.
    if (signal.aborted) throw signal.reason;
    for (const other of all) {
      if (members.length >= member.size) break;
      if (other.signal.aborted) continue;
      members.push(other);
      this.#remove(other);
      other.joined.abort();
    }
    await lead(members, this.#after);
    return await waiting.outcome.promise;
  }

  #remove(waiting: Waiting): void {
    const all = this.#waiting.get(waiting.name);
    all?.delete(waiting);
    if (all?.size === 0) this.#waiting.delete(waiting.name);
  }
}

async function lead(
  members: readonly Waiting[],
  after: (ms: number, callback: () => void) => Disposable,
): Promise<void> {
  const { fn } = members[0] as Waiting;
  const abort = new AbortController();
  const deserted = Promise.withResolvers<never>();
  let deaf: Disposable | undefined;
  const left = () => {
    if (deaf || !members.every(({ signal }) => signal.aborted)) return;
    const { reason } = members[0]?.signal as AbortSignal;
    abort.abort(reason);
    // One that does not hear of it holds its place for a while only.
    deaf = after(DEAF_MS, () => deserted.reject(reason));
  };
  for (const { signal, started } of members) {
    signal.addEventListener("abort", left);
    started();
  }
  try {
    const given = await Promise.race([
      deserted.promise,
      fn(members.map(({ input }) => input), {
        signal: abort.signal,
        progress: (...how) => members.forEach(({ progress }) => progress(...how)),
      }),
    ]);
    if (!Array.isArray(given) || given.length !== members.length) {
      const what = Array.isArray(given) ? `${given.length}` : "no list";
      throw new Fault(
        "bad_output",
        `The handler was given ${members.length} inputs and gave ${what} of outputs`,
      );
    }
    members.forEach(({ outcome }, at) => {
      const one: unknown = given[at];
      if (one instanceof Error) outcome.reject(one);
      else outcome.resolve(one);
    });
  } catch (error) {
    for (const { outcome } of members) outcome.reject(error);
  } finally {
    deaf?.[Symbol.dispose]();
    for (const { signal } of members) signal.removeEventListener("abort", left);
  }
}
