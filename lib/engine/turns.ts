import { Fault } from "@/lib/value/fault.ts";
import { tooManyWaiting } from "./queue.ts";

/**
 * Lets one at a time have what several want: a run that takes a value on the server and gives another for it would
 * otherwise undo what a second run of the session does meanwhile.
 */
export class Turns {
  readonly #size: number;
  /** By name, those who wait for it; there is an entry as long as somebody has it. */
  readonly #taken = new Map<string, (() => void)[]>();

  /** `size`: how many may wait for one name. */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Takes all of the names, at once when they are free, otherwise in the order of asking. Free them by disposing.
   * `waits` is told how many are before it, if it has to wait, and gives what aborts when it is not wanted any more.
   *
   * @throws {Fault} `rate_limited` at once, `cancelled` when the signal aborts while waiting.
   */
  take(names: readonly string[], waits: (before: number) => AbortSignal): Disposable | Promise<Disposable> {
    // All ask in one order, so that no two wait for each other.
    const sorted = [...names].sort();
    const before = this.check(sorted);
    if (before > 0) return this.#wait(sorted, waits(before));
    for (const name of sorted) this.#taken.set(name, []);
    return this.#turn(sorted);
  }

  /** How many are before one who wants these names. @throws {Fault} `rate_limited` when these are too many. */
  check(names: readonly string[]): number {
    let before = 0;
    for (const name of names) {
      const waiting = this.#taken.get(name);
      if (waiting) before = Math.max(before, waiting.length + 1);
    }
    if (before <= this.#size) return before;
    throw tooManyWaiting(before);
  }

  /** How many names are taken. */
  get size(): number {
    return this.#taken.size;
  }

  async #wait(names: readonly string[], signal: AbortSignal): Promise<Disposable> {
    const had: string[] = [];
    try {
      for (const name of names) {
        const waiting = this.#taken.get(name);
        if (waiting) await inLine(waiting, signal);
        else this.#taken.set(name, []);
        had.push(name);
      }
    } catch (error) {
      this.#turn(had)[Symbol.dispose]();
      throw error;
    }
    return this.#turn(names);
  }

  #turn(names: readonly string[]): Disposable {
    let had = true;
    return {
      [Symbol.dispose]: () => {
        if (!had) return;
        had = false;
        for (const name of names) {
          const next = this.#taken.get(name)?.shift();
          // Handed on, not given back: nobody who asks later comes before.
          if (next) next();
          else this.#taken.delete(name);
        }
      },
    };
  }
}

/** Resolves when it is one's turn. @throws {Fault} `cancelled` when the signal aborts before. */
function inLine(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(next), 1);
      reject(new Fault("cancelled", "Cancelled while waiting"));
    };
    if (signal.aborted) return reject(new Fault("cancelled", "Cancelled while waiting"));
    signal.addEventListener("abort", leave, { once: true });
    waiting.push(next);
  });
}
