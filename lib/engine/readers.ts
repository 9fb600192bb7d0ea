import type { Run } from "./run.ts";

/** Options for {@linkcode Readers}. */
export interface ReadersOptions {
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** How long a run goes on with nobody reading it, in milliseconds, where its action does not say. */
  readonly graceMs: number;
}

/**
 * The last part of a grace time is a timer of its own: a process that was stopped, or slept, first hears of its timers,
 * and then of the reader who has been asking since.
 */
const LAST_MS = 1000;

/** The readers of a run, as it knows them. Kept on the run: it comes and goes with it. */
export class Attention {
  /** How many read it. */
  readers = 0;
  /** Whether some reader was given its end. */
  isSeen = false;
  /** Cancels it after a while. */
  leaving: Disposable | undefined = undefined;
}

/** The readers of each run. A run that nobody has read for its grace time is cancelled: nobody is left to see it. */
export class Readers {
  readonly #options: ReadersOptions;
  #size = 0;

  /** Nobody reads anything at first. */
  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** How many runs are read. */
  get size(): number {
    return this.#size;
  }

  /** Says that somebody reads a run, until it is disposed of. */
  attend(run: Run): Disposable {
    if (run.attention.readers++ === 0) this.#size++;
    this.ended(run);
    let here = true;
    return {
      [Symbol.dispose]: () => {
        if (!here) return;
        here = false;
        if (--run.attention.readers > 0) return;
        this.#size--;
        this.unread(run);
      },
    };
  }

  /** Says that nobody reads a run, from now on. */
  unread(run: Run): void {
    if (run.finished) return;
    const { after } = this.#options;
    const ms = run.call.demo.actions[run.call.action]?.graceMs ?? this.#options.graceMs;
    const last = Math.min(LAST_MS, ms / 2);
    const { attention } = run;
    attention.leaving = after(ms - last, () => void (attention.leaving = after(last, () => run.cancel())));
  }

  /** Says that a run is over, or read: it is not to be cancelled. */
  ended({ attention }: Run): void {
    attention.leaving?.[Symbol.dispose]();
    attention.leaving = undefined;
  }
}
