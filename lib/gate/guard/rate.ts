/** How many may be asked for. */
export interface RateOptions {
  /** How many a second, in the long run. */
  readonly perSecond: number;
  /** How many at once. */
  readonly burst: number;
  /** How many names are known at a time. Default 10,000; the oldest is forgotten first. */
  readonly maxNames?: number;
  /** Milliseconds since any fixed moment, never going back. */
  readonly now: () => number;
}

/** Counts requests by name, such as an address: each has a bucket of tokens that fills up by itself. */
export class Rate {
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  readonly #options: RateOptions;

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** How many names are known. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token. Gives 0, or after how many seconds there will be one. */
  take(name: string): number {
    const { perSecond, burst, now } = this.#options;
    const nowMs = now();
    const bucket = this.#buckets.get(name) ?? this.#add(name, nowMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (nowMs - bucket.atMs) / 1000 * perSecond);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens--;
    return 0;
  }

  #add(name: string, nowMs: number): { tokens: number; atMs: number } {
    const { burst, maxNames = 10_000 } = this.#options;
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size < maxNames) break;
      this.#buckets.delete(oldest);
    }
    const bucket = { tokens: burst, atMs: nowMs };
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

/** So many names of which nothing is under way are let stand: they cost less than to go and come with every request. */
const IDLE_NAMES = 1000;

/** Counts what is under way by name. It soon forgets a name of which nothing is. */
export class Flights {
  readonly #counts = new Map<string, number>();
  readonly #max: number;
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many names have something under way. */
  get size(): number {
    return this.#size;
  }

  /** How many names are known. */
  get known(): number {
    return this.#counts.size;
  }

  /** Whether one more may start. Who starts must `leave` once. */
  enter(name: string): boolean {
    const count = this.#counts.get(name) ?? 0;
    if (count >= this.#max) return false;
    if (count === 0) this.#size++;
    this.#counts.set(name, count + 1);
    return true;
  }

  /** One has ended. */
  leave(name: string): void {
    const count = this.#counts.get(name) ?? 0;
    if (count === 0) return;
    this.#counts.set(name, count - 1);
    if (count > 1) return;
    this.#size--;
    if (this.#counts.size > 2 * this.#size + IDLE_NAMES) this.#forget();
  }

  #forget(): void {
    for (const [name, count] of this.#counts) if (count === 0) this.#counts.delete(name);
  }
}
