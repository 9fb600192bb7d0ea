import { Fault } from "@/lib/value/fault.ts";
import { Child } from "./child.ts";
import type { StartProcess } from "./handler_process.ts";
import type { ToHandler } from "./message.ts";
import { encode } from "./codec.ts";
import type { Death, PoolOptions, Seat, SeatHolder, Task } from "./port.ts";
import { readProfile, writeProfile } from "./profile.ts";
import { SeatPool } from "./seat_pool.ts";
import { startHere } from "./start_here.ts";
import { reviveError } from "./told.ts";

/** Options of a {@linkcode ProcessPool}. */
export interface ProcessPoolOptions extends PoolOptions {
  /** How long a process may take to start, its module included, in milliseconds. Default 20,000. */
  readonly startMs?: number;
  /** Takes what handlers print. Default: this process's standard error. */
  readonly print?: (bytes: Uint8Array) => void;
  /** Starts a process. Default: as a child of this one. */
  readonly start?: StartProcess;
}

/**
 * Child processes with rights and memory of their own, each for handlers of one module with the same options. They are
 * killed when they do not end in time. A handler there can only end its own call.
 */
export class ProcessPool extends SeatPool {
  readonly #startMs: number;
  readonly #print: (bytes: Uint8Array) => void;
  readonly #begin: StartProcess;

  /** Seats start on demand. */
  constructor(options: ProcessPoolOptions) {
    super(options);
    this.#startMs = options.startMs ?? 20_000;
    this.#print = options.print ?? ((bytes) => void Deno.stderr.writeSync(bytes));
    this.#begin = options.start ?? startHere;
  }

  protected override keyOf(task: Task): string {
    return writeProfile(task);
  }

  protected override async open(key: string, died: (seat: Seat, death: Death) => void): Promise<Seat> {
    const { clock, report } = this.options;
    const started = Promise.withResolvers<void>();
    const child: Child = new Child(this.#begin(readProfile(key)), {
      message: (message) => {
        if (message.type === "ready") started.resolve();
        else if (message.type === "stray") report(reviveError(message.error));
        else seat.holder?.hear(message);
      },
      died: (death) => {
        started.reject(death.fault);
        died(seat, death);
      },
      print: this.#print,
    });
    const seat = new ProcessSeat(key, child);
    using _ = clock.after(this.#startMs, () => {
      started.reject(new Fault("internal", `The handler's process was not ready within ${this.#startMs} ms`));
    });
    try {
      await started.promise;
    } catch (error) {
      await child.end();
      throw error;
    }
    return seat;
  }
}

class ProcessSeat implements Seat {
  readonly key: string;
  readonly killable = true;
  holder: SeatHolder | undefined;
  readonly #child: Child;

  constructor(key: string, child: Child) {
    this.key = key;
    this.#child = child;
  }

  send(message: ToHandler): void {
    this.#child.write(encode(message));
  }

  // No memory is shared with a process: while it blocks it hears nothing, and is killed.
  raise(): void {}

  end(): Promise<void> {
    return this.#child.end();
  }
}
