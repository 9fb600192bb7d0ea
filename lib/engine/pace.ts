import { Updated } from "@/lib/demo/action.ts";

/** Bytes that a run may say of such states, in a millisecond. */
const BYTES_PER_MS = 512;
/** And at once, after a while of saying less: short texts are sent state by state. */
const BURST_BYTES = 256 * 1024;

/**
 * Paces the states of a run whose values are made and sent anew as a whole: after so many bytes as much time goes by as they
 * are worth. States that come meanwhile take each other's place, and the last one is never left out. So the work goes by
 * the time that a run takes, and not by how often it yields.
 */
export class Pace {
  readonly #now: () => number;
  #freeMs = -Infinity;
  #held: { readonly value: unknown } | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until what is held may be given; `undefined` when nothing is. */
  get waitMs(): number | undefined {
    return this.#held && Math.max(0, this.#freeMs - this.#now());
  }

  /** Takes a state. Gives those that are to be given now, in their order. */
  take(value: unknown, single: boolean): unknown[] {
    const before = this.#held;
    const held = this.release();
    // What an update changes must not be lost, and so it is never held.
    if (updates(value, single)) return before ? [held, value] : [value];
    const joined = before && !single ? { ...held as object, ...value as object } : value;
    if (this.#now() >= this.#freeMs) return [joined];
    this.#held = { value: joined };
    return [];
  }

  /** What is held, and is no more. */
  release(): unknown {
    const value = this.#held?.value;
    this.#held = undefined;
    return value;
  }

  /** A state of so many bytes was given. */
  gave(bytes: number): void {
    const paidMs = Math.max(this.#freeMs, this.#now() - BURST_BYTES / BYTES_PER_MS);
    this.#freeMs = paidMs + bytes / BYTES_PER_MS;
  }
}

/** Whether a state has to be given as it is. What is no record is refused by whoever takes it. */
function updates(value: unknown, single: boolean): boolean {
  if (value instanceof Updated || single) return value instanceof Updated;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).some((one) => one instanceof Updated);
}
