import { Fault } from "@/lib/value/fault.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import type { Death, Seat, SeatHolder } from "./port.ts";
import { SeatPool } from "./seat_pool.ts";
import { reviveError } from "./told.ts";

/**
 * Warm web workers: threads of this process. A blocked handler delays nobody, and a handler that ends or breaks its
 * worker ends alone. Their memory cannot be limited: a worker out of memory ends the server.
 *
 * `Worker.terminate()` stops only waiting code (measured on Deno 2.9.6: blocking code goes on, and keeps the
 * process from ending). So the worker itself cuts off blocking code, by the timeout of a script, when its time is
 * over. A cancelled handler that goes on is abandoned, and its worker replaced: at most as many as the pool has
 * workers. Code that blocks after an `await` is never cut off; use a process for that.
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
