import type { Run } from "./run.ts";

/** What keeping an eye on readers needs. */
export interface ReadersOptions {
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** How long a run goes on with nobody reading it, in milliseconds, where its action does not say. */
  readonly graceMs: number;
}

/** Who reads which run. One that nobody has read for its grace time is cancelled: nobody is left to see it. */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #readers = new Map<Run, number>();
  readonly #leaving = new Map<Run, Disposable>();

  /** Nobody reads anything at first. */
  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** How many runs are read. */
  get size(): number {
    return this.#readers.size;
  }

  /** Whether somebody reads a run. */
  has(run: Run): boolean {
    return this.#readers.has(run);
  }

  /** Says that somebody reads a run, until it is disposed of. */
  attend(run: Run): Disposable {
    this.#readers.set(run, (this.#readers.get(run) ?? 0) + 1);
    this.ended(run);
    let here = true;
    return {
      [Symbol.dispose]: () => {
        if (!here) return;
        here = false;
        const left = (this.#readers.get(run) ?? 1) - 1;
        if (left > 0) return void this.#readers.set(run, left);
        this.#readers.delete(run);
        this.unread(run);
      },
    };
  }

  /** Says that nobody reads a run, from now on. */
  unread(run: Run): void {
    if (run.finished) return;
    const own = run.call.demo.actions[run.call.action]?.graceMs;
    this.#leaving.set(run, this.#options.after(own ?? this.#options.graceMs, () => run.cancel()));
  }

  /** Says that a run is over, or read: it is not to be cancelled. */
  ended(run: Run): void {
    this.#leaving.get(run)?.[Symbol.dispose]();
    this.#leaving.delete(run);
  }

  /** Lets go of all runs; none is cancelled. */
  close(): void {
    for (const leaving of this.#leaving.values()) leaving[Symbol.dispose]();
    this.#leaving.clear();
  }
}
