import type { Clock } from "@/lib/engine/engine.ts";
import { Fault } from "@/lib/value/fault.ts";
import { Lag } from "./lag.ts";
import { log } from "./log.ts";
import { logError } from "./log_error.ts";

/** Why a server should be sent nobody. */
export type Unready = "draining" | "event_loop_blocked" | "store_unavailable";

/** Options for {@linkcode Health}. */
export interface HealthOptions {
  /** Its time. */
  readonly clock: Clock;
  /** Asks the store for something small; fails when it does not answer. */
  readonly check: () => Promise<void>;
  /** Writes something small wherever the server keeps things; fails when that cannot be kept. */
  readonly write?: () => Promise<void>;
  /** How long such a write counts, however often health is asked for, in milliseconds. Default 1,000. */
  readonly freshMs?: number;
  /** How long to wait for the store, in milliseconds. Default 5,000. */
  readonly checkMs?: number;
  /** How late the event loop must be to count as blocked, in milliseconds. Default 5,000. */
  readonly blockedMs?: number;
  /** How long after a block the server is not ready yet, in milliseconds. Default 10,000. */
  readonly recentMs?: number;
}

/** Whether a server may be sent people. */
export class Health {
  readonly #options: HealthOptions;
  readonly #lag: Lag;
  #checking: { readonly sinceMs: number; readonly answers: Promise<boolean> } | undefined;
  #written: { readonly atMs: number; readonly result: Promise<void> } | undefined;
  #draining = false;
  #said = "";

  /** Ready at first, if the store is. */
  constructor(options: HealthOptions) {
    this.#options = options;
    this.#lag = new Lag(options.clock, options.recentMs ?? 10_000);
  }

  /** Looks out for a blocked event loop until it is disposed of. */
  watch(): Disposable {
    return this.#lag.watch();
  }

  /** From now on the server is not ready. */
  drain(): void {
    this.#draining = true;
  }

  /** Says that writing fails, or works again: what was found out before does not count. */
  changed(): void {
    this.#written = undefined;
  }

  /** Whether the server stops. */
  get draining(): boolean {
    return this.#draining;
  }

  /** The largest recent delay of the event loop, in milliseconds. */
  get lagMs(): number {
    return this.#lag.worstMs;
  }

  /** Why the server is not ready; nothing when it is. Changes are logged. */
  async reasons(): Promise<readonly Unready[]> {
    const reasons: Unready[] = [];
    // Before the store is waited for: a timer that is overdue gets its turn meanwhile.
    if (this.lagMs > (this.#options.blockedMs ?? 5000)) reasons.push("event_loop_blocked");
    if (!await this.#answers()) reasons.push("store_unavailable");
    if (this.#draining) reasons.unshift("draining");
    const now = reasons.join();
    if (now !== this.#said) {
      this.#said = now;
      if (reasons.length === 0) log("info", "ready_again", { message: "Ready again" });
      else log("warn", "unready", { message: `Not ready: ${reasons.join(", ")}`, reasons });
    }
    return reasons;
  }

  // One question at a time, however many ask: a store that is slow is not made slower. A late check goes on, but
  // later requests do not wait for it.
  async #answers(): Promise<boolean> {
    const { clock, checkMs = 5000 } = this.#options;
    if (!this.#checking) {
      const answers = this.#check();
      this.#checking = { sinceMs: clock.now(), answers };
      answers.then(() => this.#checking = undefined);
    }
    const { sinceMs, answers } = this.#checking;
    const leftMs = sinceMs + checkMs - clock.now();
    if (leftMs <= 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    using _timer = clock.after(leftMs, () => resolve(false));
    return await Promise.race([answers, promise]);
  }

  async #check(): Promise<boolean> {
    try {
      await this.#options.check();
      await this.#write();
      return true;
    } catch (error) {
      // A store that refuses has said why by itself.
      if (!(error instanceof Fault || this.#said.includes("store_unavailable"))) {
        logError(error, "store_error");
      }
      return false;
    }
  }

  #write(): Promise<void> | undefined {
    const { clock, write, freshMs = 1000 } = this.#options;
    if (!write) return undefined;
    const atMs = clock.now();
    if (!this.#written || atMs - this.#written.atMs >= freshMs) this.#written = { atMs, result: write() };
    return this.#written.result;
  }
}
