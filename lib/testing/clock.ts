/** A clock that moves only when a test moves it. */
export interface FakeClock {
  /** Milliseconds since it was made. */
  now(): number;
  /** Calls back after a while, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
  /** Advances the time and calls the due callbacks in order. */
  tick(ms: number): void;
  /** How many callbacks wait. */
  readonly waiting: number;
}

/** Makes a clock that starts at 0. */
export function fakeClock(): FakeClock {
  let now = 0;
  const due = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    after(ms, callback) {
      const entry = { at: now + ms, callback };
      due.add(entry);
      return { [Symbol.dispose]: () => void due.delete(entry) };
    },
    tick(ms) {
      const until = now + ms;
      for (;;) {
        const next = [...due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        due.delete(next);
        now = next.at;
        next.callback();
      }
      now = until;
    },
    get waiting() {
      return due.size;
    },
  };
}
