import { networkOf } from "@/lib/value/address.ts";
import { Fault } from "@/lib/value/fault.ts";
import { tupleKey } from "@/lib/value/tuple_key.ts";

/** An attempt is refused for so long. */
export class TooManyAttempts extends Fault {
  /** When to come back, in seconds. */
  readonly seconds: number;

  /** To come back in so many seconds. */
  constructor(seconds: number) {
    super("rate_limited", `Too many attempts. Try again in ${spoken(seconds)}`);
    this.seconds = seconds;
  }
}

interface Count {
  /** Failures since the window began. */
  failures: number;
  sinceMs: number;
  /** No attempt before then. */
  lockedUntilMs: number;
  /** How often it was locked recently: each lock is twice as long as the one before. */
  locks: number;
}

const WINDOW_MS = 60_000;
const MOST_FAILURES = 10;
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 3_600_000;
/** After so long without a failure, what was before is forgotten. */
const FORGET_MS = 2 * LONGEST_LOCK_MS;
/** Failures of one name in a window, from wherever, after which each address has few. */
const MANY_FOR_ONE_NAME = 50;
const FEW_FAILURES = 2;
const MOST_COUNTS = 20_000;

/**
 * Counts logins that went wrong. An address is locked after ten in a minute, for a minute, then two, four ... up to an
 * hour. A name is never locked as such, or anybody could lock its owner out. When a name is tried from everywhere, each
 * address has two attempts at it instead of ten.
 */
export class Attempts {
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();

  /** `now`: milliseconds, never going back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Says that somebody tries. It counts as a failure until `succeeded()` of what it gives says otherwise: a hundred at
   * once are a hundred attempts.
   *
   * @throws {TooManyAttempts} when this address may not at the moment.
   */
  begin(address: string, name: string): { readonly succeeded: () => void } {
    const nowMs = this.#now();
    const network = networkOf(address);
    const place = tupleKey("at", network);
    const both = tupleKey("pair", network, name);
    for (const key of [place, both]) {
      const count = this.#counts.get(key);
      if (count && count.lockedUntilMs > nowMs) {
        throw new TooManyAttempts(Math.ceil((count.lockedUntilMs - nowMs) / 1000));
      }
    }
    const here = this.#fail(place, MOST_FAILURES);
    const everywhere = this.#fail(tupleKey("name", name), Infinity);
    this.#fail(both, everywhere.count.failures > MANY_FOR_ONE_NAME ? FEW_FAILURES : MOST_FAILURES);
    return {
      succeeded: () => {
        this.#counts.delete(both);
        // Only this one attempt: a person's own account is not a way to try other accounts forever.
        for (const { count, locked } of [here, everywhere]) {
          count.failures = locked ? MOST_FAILURES - 1 : Math.max(0, count.failures - 1);
          if (!locked) continue;
          count.lockedUntilMs = 0;
          count.locks--;
        }
      },
    };
  }

  /** How many addresses and names are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  #fail(key: string, most: number): { readonly count: Count; readonly locked: boolean } {
    const nowMs = this.#now();
    const before = this.#counts.get(key);
    this.#counts.delete(key);
    const forgotten = before === undefined ||
      nowMs - Math.max(before.sinceMs, before.lockedUntilMs) > FORGET_MS;
    const count: Count = forgotten ? { failures: 0, sinceMs: nowMs, lockedUntilMs: 0, locks: 0 } : before;
    if (nowMs - count.sinceMs >= WINDOW_MS) {
      count.failures = 0;
      count.sinceMs = nowMs;
    }
    count.failures++;
    const locked = count.failures >= most;
    if (locked) {
      count.lockedUntilMs = nowMs + Math.min(FIRST_LOCK_MS * 2 ** count.locks, LONGEST_LOCK_MS);
      count.locks++;
      count.failures = 0;
    }
    this.#counts.set(key, count);
    if (this.#counts.size > MOST_COUNTS) this.#forgetOne(nowMs);
    return { count, locked };
  }

  // Locked entries stay as long as there are others: nobody gets free by filling the list.
  #forgetOne(nowMs: number): void {
    let looked = 0;
    let first: string | undefined;
    for (const [key, { lockedUntilMs }] of this.#counts) {
      first ??= key;
      if (lockedUntilMs <= nowMs) return void this.#counts.delete(key);
      if (++looked === 100) break;
    }
    if (first !== undefined) this.#counts.delete(first);
  }
}

function spoken(seconds: number): string {
  if (seconds < 120) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
