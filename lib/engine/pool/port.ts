import type { RunContext } from "@/lib/demo/action.ts";
import type { RemoteTarget } from "@/lib/demo/remote.ts";
import type { Fault } from "@/lib/value/fault.ts";
import type { FromHandler, ToHandler } from "./message.ts";

/** One call of a handler that runs elsewhere. */
export interface Task extends RemoteTarget {
  /** What it is handed. Copied; functions in it can be called from there. */
  readonly input: unknown;
  /** Its second argument. Its signal ends it. */
  readonly context: RunContext;
}

/** What a pool is doing: for health checks and tests. */
export interface PoolLoad {
  /** Workers or processes that are there or being started. */
  readonly seats: number;
  /** Of these, how many have a call. */
  readonly busy: number;
  /** Calls that wait for one. */
  readonly waiting: number;
  /** Workers that were given up because their handler cannot be stopped, and that may still burn a core. */
  readonly abandoned: number;
  /** Workers and processes that ended by themselves, since the start. */
  readonly deaths: number;
}

/** Runs handlers outside the server's loop. */
export interface Pool extends AsyncDisposable {
  /**
   * Calls a handler: nothing starts before the first `next()`. A plain function is a generator without yields.
   * Each step is asked for: a handler is never ahead of its reader. `return()` and the context's signal end it: its
   * signal aborts, its `finally` runs, and after a short grace it is stopped by force.
   *
   * Steps reject with what the handler threw, a {@linkcode Fault} as such, or with a `Fault` of the pool: `timeout`,
   * `cancelled`, `queue_full`, `offline` when the pool rests or closes, `internal` when its seat ended under it.
   */
  run(task: Task): AsyncGenerator<unknown, unknown, undefined>;
  /** What is going on. */
  readonly load: PoolLoad;
  /** Ends what runs, with the usual grace, then all workers and processes. */
  close(): Promise<void>;
}

/** Time, as far as a pool needs it. */
export interface PoolClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back after a while, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
}

/** Options of every pool. */
export interface PoolOptions {
  /** Its time. */
  readonly clock: PoolClock;
  /** Told of errors that no call waits for: promises that nobody caught, timers that threw. */
  readonly report: (error: unknown) => void;
  /** Most workers or processes. Default: one for each core. */
  readonly size?: number;
  /** Most calls that may wait. Default 1,000. */
  readonly queueSize?: number;
  /** How long a handler has for its `finally` when it is stopped, in milliseconds. Default 250. */
  readonly graceMs?: number;
}

/** Who has a seat, and hears what comes from there. */
export interface SeatHolder {
  /** A message came. */
  hear(message: FromHandler): void;
  /** It is gone. */
  died(fault: Fault): void;
}

/** A worker or a process: a place for one call at a time. */
export interface Seat {
  /** What kind of calls it can take. */
  readonly key: string;
  /** Whether {@linkcode Seat.end} stops it whatever it does. */
  readonly killable: boolean;
  /** Who has it. */
  holder: SeatHolder | undefined;
  /** Sends a message. @throws when a value in it cannot be copied. */
  send(message: ToHandler): void;
  /** Makes `signal.aborted` true for a call, even while its handler blocks. Does nothing where that cannot be done. */
  raise(id: number): void;
  /** Ends it; resolves when nothing is left of it. */
  end(): Promise<void>;
}

/** A seat is gone. `enforced`: by a limit that it was given, which says nothing about the handler's health. */
export interface Death {
  /** What the call that had it is told. */
  readonly fault: Fault;
  /** Whether a limit ended it. */
  readonly enforced: boolean;
}
