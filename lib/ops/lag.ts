import type { Clock } from "@/lib/engine/engine.ts";

const TICK_MS = 500;

/** Measures how late a timer comes: as late as every answer of this process. */
export class Lag {
  readonly #clock: Clock;
  readonly #recentMs: number;
  readonly #late: { readonly atMs: number; readonly ms: number }[] = [];
  #dueMs: number | undefined;
  #timer: Disposable | undefined;

  /** `recentMs`: how long what was is remembered. It measures nothing before {@linkcode watch}. */
  constructor(clock: Clock, recentMs: number) {
    this.#clock = clock;
    this.#recentMs = recentMs;
  }

  /** Measures until it is disposed of. */
  watch(): Disposable {
    this.#next();
    return {
      [Symbol.dispose]: () => {
        this.#timer?.[Symbol.dispose]();
        this.#dueMs = undefined;
      },
    };
  }

  /** The largest recent delay of the timer, in milliseconds, including a timer that is overdue now. */
  get worstMs(): number {
    const now = this.#clock.now();
    this.#forget(now);
    const due = this.#dueMs === undefined ? 0 : now - this.#dueMs;
    return Math.max(0, due, ...this.#late.map(({ ms }) => ms));
  }

  #next(): void {
    const dueMs = this.#dueMs = this.#clock.now() + TICK_MS;
    this.#timer = this.#clock.after(TICK_MS, () => {
      const now = this.#clock.now();
      this.#forget(now);
      this.#late.push({ atMs: now, ms: now - dueMs });
      this.#next();
    });
  }

  #forget(now: number): void {
    while (this.#late[0] !== undefined && this.#late[0].atMs < now - this.#recentMs) this.#late.shift();
  }
}
