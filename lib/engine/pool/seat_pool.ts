import { Fault } from "@/lib/value/fault.ts";
import { Job, type JobHost, type Left } from "./job.ts";
import type { Death, Pool, PoolLoad, PoolOptions, Seat, Task } from "./port.ts";

interface Waiter {
  readonly key: string;
  readonly resolve: (seat: Seat) => void;
  readonly reject: (error: unknown) => void;
}

const WITHIN_MS = 60_000;
const MOST_DEATHS = 5;
const FIRST_PAUSE_MS = 50;

/**
 * The common part of pools: waiting calls, seats, and the replacement of lost seats. Calls are served in their order.
 * A seat serves calls of its own key, and ends when a call of another key needs its place.
 */
export abstract class SeatPool implements Pool {
  /** Its options. */
  protected readonly options: Required<PoolOptions>;
  readonly #idle = new Set<Seat>();
  readonly #busy = new Set<Seat>();
  /** Seats under way, by key. */
  readonly #opening = new Map<string, number>();
  /** Promises of openings and endings, which close() waits for. */
  readonly #changes = new Set<Promise<void>>();
  readonly #abandoned = new Set<Seat>();
  readonly #jobs = new Set<Job>();
  readonly #host: JobHost;
  /** When seats of a key ended by themselves. */
  readonly #deaths = new Map<string, number[]>();
  #waiting: Waiter[] = [];
  #pause: Disposable | undefined;
  #closed = false;
  #died = 0;

  /** Seats start on demand. */
  constructor(options: PoolOptions) {
    const { clock, graceMs = 250 } = options;
    this.options = { size: navigator.hardwareConcurrency, queueSize: 1000, graceMs, ...options };
    this.#host = {
      clock,
      graceMs,
      take: (task, signal) => this.#take(task, signal),
      leave: (seat, left) => this.#leave(seat, left),
      began: (job) => this.#jobs.add(job),
      ended: (job) => this.#jobs.delete(job),
    };
  }

  /** The kind of seat that a call needs. */
  protected abstract keyOf(task: Task): string;

  /** Starts a seat. `died` is called at most once, unless it was ended before. */
  protected abstract open(key: string, died: (seat: Seat, death: Death) => void): Promise<Seat>;

  run(task: Task): AsyncGenerator<unknown, unknown, undefined> {
    return new Job(task, this.#host);
  }

  get load(): PoolLoad {
    return {
      seats: this.#seats,
      busy: this.#busy.size,
      waiting: this.#waiting.length,
      abandoned: this.#abandoned.size,
      deaths: this.#died,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopping = new Fault("offline", "The server is stopping");
    for (const { reject } of this.#waiting.splice(0)) reject(stopping);
    await Promise.all([...this.#jobs].map((job) => job.end(stopping)));
    for (const seat of this.#idle) this.#end(seat);
    this.#idle.clear();
    for (const seat of this.#abandoned) this.#end(seat);
    this.#abandoned.clear();
    this.#pause?.[Symbol.dispose]();
    while (this.#changes.size > 0) await Promise.all(this.#changes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #seats(): number {
    let opening = 0;
    for (const count of this.#opening.values()) opening += count;
    return this.#idle.size + this.#busy.size + opening;
  }

  // As many again may be given up and be replaced; what is lost beyond that is lost.
  get #room(): number {
    const { size } = this.options;
    return size - Math.max(0, this.#abandoned.size - size);
  }

  #take(task: Task, signal: AbortSignal): Promise<Seat> {
    const key = this.keyOf(task);
    if (this.#closed) throw new Fault("offline", "The server is stopping");
    if (this.#room <= 0) {
      throw new Fault("offline", "All workers are busy. Try again later");
    }
    const restMs = this.#restMs(key);
    if (restMs > 0) {
      throw new Fault(
        "offline",
        `The handler ended its process ${MOST_DEATHS} times within a minute. Try again in ${
          Math.ceil(restMs / 1000)
        } s`,
      );
    }
    if (this.#waiting.length >= this.options.queueSize) {
      throw new Fault("queue_full", "Too many requests are waiting for a worker. Try again later");
    }
    const { promise, resolve, reject } = Promise.withResolvers<Seat>();
    const waiter: Waiter = { key, resolve, reject };
    this.#waiting.push(waiter);
    signal.addEventListener("abort", () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal.reason);
    }, { once: true });
    this.#serve();
    return promise;
  }

  #serve(): void {
    const coming = new Map(this.#opening);
    const now = this.options.clock.now();
    for (const waiter of [...this.#waiting]) {
      const seat = [...this.#idle].find(({ key }) => key === waiter.key);
      if (seat) {
        this.#idle.delete(seat);
        this.#busy.add(seat);
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        waiter.resolve(seat);
        continue;
      }
      const left = coming.get(waiter.key) ?? 0;
      if (left > 0) {
        coming.set(waiter.key, left - 1);
        continue;
      }
      const pauseMs = this.#pauseUntil(waiter.key) - now;
      if (pauseMs > 0) {
        this.#pause ??= this.options.clock.after(pauseMs, () => {
          this.#pause = undefined;
          this.#serve();
        });
        continue;
      }
      if (this.#seats >= this.#room) {
        const [other] = this.#idle;
        if (!other) return;
        this.#idle.delete(other);
        this.#end(other);
      }
      this.#start(waiter.key);
    }
  }

  #start(key: string): void {
    this.#count(key, 1);
    const opened = this.open(key, (seat, death) => this.#lost(seat, death)).then((seat) => {
      this.#count(key, -1);
      if (this.#closed) this.#end(seat);
      else this.#idle.add(seat);
    }, (error) => {
      this.#count(key, -1);
      this.#mourn(key);
      const first = this.#waiting.find((waiter) => waiter.key === key);
      this.#waiting = this.#waiting.filter((waiter) => waiter !== first);
      if (first) first.reject(error);
      else this.options.report(error);
    }).then(() => this.#serve());
    this.#follow(opened);
  }

  #leave(seat: Seat, left: Left): void {
    this.#busy.delete(seat);
    if (left === "idle" && !this.#closed) this.#idle.add(seat);
    else if (left === "stuck") this.#abandon(seat);
    else if (left !== "gone") this.#end(seat);
    if (left === "spent" || left === "stuck") this.#refill(seat.key);
    this.#serve();
  }

  // It is of no use any more, but when the code that holds it ends after all, its thread can be ended too.
  #abandon(seat: Seat): void {
    this.#abandoned.add(seat);
    const back = () => {
      if (!this.#abandoned.delete(seat)) return;
      this.#end(seat);
      this.#serve();
    };
    seat.holder = { hear: (message) => "id" in message && message.type !== "progress" && back(), died: back };
  }

  #lost(seat: Seat, { fault, enforced }: Death): void {
    const known = this.#idle.delete(seat) || this.#busy.has(seat) || this.#abandoned.has(seat);
    if (!known) return;
    if (!enforced) this.#mourn(seat.key);
    this.#end(seat);
    seat.holder?.died(fault);
    this.#busy.delete(seat);
    this.#refill(seat.key);
    this.#serve();
  }

  // A lost seat is replaced before it is needed, unless it died. Then the next call waits out the pause.
  #refill(key: string): void {
    if (this.#closed || this.#seats >= this.#room) return;
    if (this.#pauseUntil(key) <= this.options.clock.now()) this.#start(key);
  }

  #mourn(key: string): void {
    this.#died++;
    const deaths = this.#deaths.get(key) ?? [];
    deaths.push(this.options.clock.now());
    this.#deaths.set(key, deaths.slice(-MOST_DEATHS));
  }

  #recent(key: string): readonly number[] {
    const since = this.options.clock.now() - WITHIN_MS;
    return this.#deaths.get(key)?.filter((at) => at > since) ?? [];
  }

  #restMs(key: string): number {
    const recent = this.#recent(key);
    return recent.length < MOST_DEATHS ? 0 : (recent[0] as number) + WITHIN_MS - this.options.clock.now();
  }

  #pauseUntil(key: string): number {
    const recent = this.#recent(key);
    const last = recent.at(-1);
    return last === undefined ? -Infinity : last + FIRST_PAUSE_MS * 2 ** (recent.length - 1);
  }

  #count(key: string, change: 1 | -1): void {
    const count = (this.#opening.get(key) ?? 0) + change;
    if (count > 0) this.#opening.set(key, count);
    else this.#opening.delete(key);
  }

  #end(seat: Seat): void {
    this.#follow(seat.end());
  }

  #follow(change: Promise<void>): void {
    const followed = change.catch(this.options.report).then(() => {
      this.#changes.delete(followed);
    });
    this.#changes.add(followed);
  }
}
