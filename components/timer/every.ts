/** What a beat needs of the page that it is on. */
export interface Surroundings {
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after a while. Gives what takes it back. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Whether nobody can see the page. */
  readonly hidden: () => boolean;
  /** Calls back whenever the page is hidden or seen again. Gives what takes it back. */
  readonly onVisibility: (callback: () => void) => () => void;
}

/**
 * Calls `tick` every `periodMs` until the function that it gives is called. The beat is that of the start, however late
 * a single tick comes. While the page is hidden none comes; when it is seen again, at most one that was due.
 */
export function every(periodMs: number, tick: () => void, page: Surroundings = browser): () => void {
  let due = page.now() + periodMs;
  let halt = () => {};
  const wait = () => {
    halt();
    halt = page.hidden() ? () => {} : page.after(Math.max(0, Math.ceil(due - page.now())), beat);
  };
  const beat = () => {
    const lateMs = page.now() - due;
    // Browsers count in whole milliseconds and may be a little early.
    if (lateMs < 0) return wait();
    due += (Math.floor(lateMs / periodMs) + 1) * periodMs;
    wait();
    tick();
  };
  const ignore = page.onVisibility(wait);
  wait();
  return () => {
    ignore();
    halt();
  };
}

const browser: Surroundings = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timeout = setTimeout(callback, ms);
    return () => clearTimeout(timeout);
  },
  hidden: () => document.hidden,
  onVisibility: (callback) => {
    document.addEventListener("visibilitychange", callback);
    return () => document.removeEventListener("visibilitychange", callback);
  },
};
