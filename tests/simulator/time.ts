import { setImmediate } from "node:timers";
import { type FakeClock, fakeClock } from "atoll/testing";

/** Time that goes when the simulator says so, for everything in this process. */
export interface SimulatedTime extends FakeClock, Disposable {
  /** Lets everything happen that can happen without time going by. */
  settle(): Promise<void>;
  /** Lets time pass, then everything happen that can. */
  pass(ms: number): Promise<void>;
  /** Resolves after a while of this time. */
  sleep(ms: number): Promise<void>;
}

/**
 * Takes the place of the machine's timers until it is disposed of: what the modules ask of them on their own (a
 * generator's turn, a body's patience) is then decided by the seed too, as nothing else of a run may be.
 */
export function simulateTime(): SimulatedTime {
  const clock = fakeClock();
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, Disposable>();
  let last = 0;
  const set = (callback: () => void, ms = 0) => {
    const id = ++last;
    timers.set(
      id,
      clock.after(ms, () => {
        timers.delete(id);
        callback();
      }),
    );
    return id;
  };
  const clear = (id?: number) => {
    timers.get(id ?? 0)?.[Symbol.dispose]();
    timers.delete(id ?? 0);
  };
  globalThis.setTimeout = set as typeof setTimeout;
  globalThis.clearTimeout = clear as typeof clearTimeout;
  Object.defineProperty(performance, "now", { value: clock.now, configurable: true });
  // Everything here waits for promises only, and those are all done with before the next immediate.
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    now: clock.now,
    after: clock.after,
    tick: clock.tick,
    get waiting() {
      return clock.waiting;
    },
    settle,
    pass: async (ms) => {
      clock.tick(ms);
      await settle();
    },
    sleep: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
    [Symbol.dispose]: () => {
      globalThis.setTimeout = setTimeout;
      globalThis.clearTimeout = clearTimeout;
      delete (performance as { now?: unknown }).now;
    },
  };
}
