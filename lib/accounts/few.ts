import { Fault } from "@/lib/value/fault.ts";
import type { After } from "./in_time.ts";

/** Options for {@linkcode Few}. */
export interface FewOptions {
  /** How many go on. */
  readonly atOnce: number;
  /** How many wait. All others are refused. */
  readonly mostWaiting: number;
  /** How long one waits, in milliseconds. */
  readonly waitMs: number;
  readonly after: After;
}

/** Lets only a few pieces of work go on at once: a check of a password takes a core and 32 MiB. */
export class Few {
  readonly #options: FewOptions;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** Nothing goes on at first. */
  constructor(options: FewOptions) {
    this.#options = options;
  }

  /** Does a piece of work when there is room for it. @throws {Fault} `queue_full` when too many wait, or it waits too long. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { atOnce, mostWaiting } = this.#options;
    if (this.#busy >= atOnce) {
      if (this.#waiting.length >= mostWaiting) throw full();
      await this.#turn();
    } else this.#busy++;
    try {
      return await work();
    } finally {
      // The next one takes this place: nobody who comes between can have it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy--;
    }
  }

  async #turn(): Promise<void> {
    const { after, waitMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _timer = after(waitMs, () => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
      reject(full());
    });
    this.#waiting.push(resolve);
    await promise;
  }
}

function full(): Fault {
  return new Fault("queue_full", "Too many people are logging in. Try again shortly");
}
