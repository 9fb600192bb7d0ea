import { Fault } from "@/lib/value/fault.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import type { Death, Seat, SeatHolder } from "./port.ts";
import { SeatPool } from "./seat_pool.ts";
import { reviveError } from "./told.ts";

/**
 * Warm web workers: threads of this process. A handler that blocks holds up nobody, one that ends its worker or breaks
 * it ends alone. What they cannot be kept from is memory: a worker without any takes the server with it.
 *
 * `Worker.terminate()` stops only what waits (measured on Deno 2.9.6: code that blocks goes on, and keeps the process
 * from ending). So code that blocks is cut off in the worker itself, by the timeout of a script, when its time is over.
 * One that is cancelled before is given up until then, and replaced: as many as the pool has workers, no more. What
 * blocks after an `await` is never cut off; a process is the place for that.
 */
export class WorkerPool extends SeatPool {
  // Any worker can run any module.
  protected override keyOf(): string {
    return "worker";
  }

  protected override open(key: string, died: (seat: Seat, death: Death) => void): Promise<Seat> {
    const { promise, resolve, reject } = Promise.withResolvers<Seat>();
    const seat = new WorkerSeat(key, {
      ready: () => resolve(seat),
      died: (fault) => {
        reject(fault);
        died(seat, { fault, enforced: false });
      },
      report: this.options.report,
    });
    return promise;
  }
}

interface WorkerEvents {
  readonly ready: () => void;
  readonly died: (fault: Fault) => void;
  readonly report: (error: unknown) => void;
}

class WorkerSeat implements Seat {
  readonly key: string;
  readonly killable = false;
  holder: SeatHolder | undefined;
  readonly #worker: Worker;
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));

  constructor(key: string, { ready, died, report }: WorkerEvents) {
    this.key = key;
    this.#worker = new Worker(import.meta.resolve("./worker_entry.ts"), { type: "module", name: "handlers" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromHandler>) => {
      if (data.type === "ready") return ready();
      if (data.type === "stray") return report(reviveError(data.error));
      if (data.type !== "exit") return this.holder?.hear(data);
      died(new Fault("internal", `The handler ended its worker (exit code ${data.code})`));
    };
    this.#worker.onerror = (event) => {
      // Otherwise it would end the server.
      event.preventDefault();
      died(new Fault("internal", "The handler's worker broke", { cause: new Error(event.message) }));
    };
    this.send({ type: "open", flag: this.#flag.buffer as SharedArrayBuffer });
  }

  send(message: ToHandler): void {
    this.#worker.postMessage(message);
  }

  raise(id: number): void {
    Atomics.store(this.#flag, 0, id);
  }

  end(): Promise<void> {
    this.#worker.terminate();
    return Promise.resolve();
  }
}
