import { Fault } from "@/lib/value/fault.ts";

/** Lets only a few pieces of work go on at once: a check of a password takes a core and 32 MiB. */
export class Few {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** `atOnce` go on, `mostWaiting` wait; all others are refused. */
  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** Does a piece of work when there is room for it. @throws {Fault} `queue_full` when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#atOnce) {
      if (this.#waiting.length >= this.#mostWaiting) {
        throw new Fault("queue_full", "Too many people are logging in at this moment. Try again soon");
      }
      // Who is woken takes the place of who wakes: nobody who comes between can have it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#busy++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy--;
    }
  }
}
