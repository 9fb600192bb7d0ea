import type { RunContext } from "@/lib/demo/action.ts";
import type { RemoteTarget } from "@/lib/demo/remote.ts";
import type { Fault } from "@/lib/value/fault.ts";
import type { FromHandler, ToHandler } from "./message.ts";

/** One call of a handler that runs elsewhere. */
export interface Task extends RemoteTarget {
  /** Its input. It is copied; functions in it can be called from there. */
  readonly input: unknown;
  /** The context of the handler. Its signal ends the call. */
  readonly context: RunContext;
}

/** The load of a pool, for health checks and tests. */
export interface PoolLoad {
  /** Running and starting workers or processes. */
  readonly seats: number;
  /** How many of these have a call. */
  readonly busy: number;
  /** Waiting calls. */
  readonly waiting: number;
  /** Abandoned workers, whose handler cannot be stopped and may still use a core. */
  readonly abandoned: number;
  /** Workers and processes that ended by themselves, since the start. */
  readonly deaths: number;
}

/** Runs handlers outside the server's loop. */
export interface Pool extends AsyncDisposable {
  /**
   * Calls a handler: nothing starts before the first `next()`. A plain function is a generator without yields.
   * The reader requests each step, so a handler never runs ahead of it. `return()` and the context's signal end it: its
   * signal aborts, its `finally` runs, and after a short grace it is stopped by force.
   *
   * Steps reject with the error of the handler, a {@linkcode Fault} as such, or with a `Fault` of the pool. That is
   * `timeout`, `cancelled`, `queue_full`, `offline` while the pool pauses or closes, or `internal` when its seat
   * has ended.
   */
  run(task: Task): AsyncGenerator<unknown, unknown, undefined>;
  /** The load. */
  readonly load: PoolLoad;
  /** Ends what runs, with the usual grace, then all workers and processes. */
  close(): Promise<void>;
}

/** The clock of a pool. */
export interface PoolClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back after a while, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
}

/** Options of every pool. */
export interface PoolOptions {
  /** Its clock. */
  readonly clock: PoolClock;
  /** Called with errors that no call waits for: unhandled rejections, errors of timers. */
  readonly report: (error: unknown) => void;
  /** Most workers or processes. Default: one for each core. */
  readonly size?: number;
  /** Most calls that may wait. Default 1,000. */
  readonly queueSize?: number;
  /** How long a handler has for its `finally` when it is stopped, in milliseconds. Default 250. */
  readonly graceMs?: number;
}

/** The owner of a seat, which gets its messages. */
export interface SeatHolder {
  /** A message came. */
  hear(message: FromHandler): void;
  /** It is gone. */
  died(fault: Fault): void;
}

/** A worker or a process: a place for one call at a time. */
export interface Seat {
  /** The kind of its calls. */
  readonly key: string;
  /** Whether {@linkcode Seat.end} stops it in any case. */
  readonly killable: boolean;
  /** Its owner. */
  holder: SeatHolder | undefined;
  /** Sends a message. @throws when a value in it cannot be copied. */
  send(message: ToHandler): void;
  /**
   * Makes `signal.aborted` true for a call, even while its handler blocks. Where that is impossible, it has no effect.
   */
  raise(id: number): void;
  /** Ends it; resolves when it is gone. */
  end(): Promise<void>;
}

/** A seat is gone. `enforced` means that a limit ended it, which says nothing about the health of the handler. */
export interface Death {
  /** The error for its call. */
  readonly fault: Fault;
  /** Whether a limit ended it. */
  readonly enforced: boolean;
}
