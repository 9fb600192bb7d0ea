import type { Op, Store } from "@/lib/store/records.ts";

/** The end of a run on its way to the store, or something else that is written in the order of the ends. */
export interface End {
  /** The id of its run, and the name that this is kept under. */
  readonly run?: { readonly id: string; readonly name: string } | undefined;
  /** All that is written for it: one commit has all of it or nothing. */
  readonly ops: readonly Op[];
  /** Called once, when it cannot be lost any more, or can never be kept. */
  readonly settled: () => void;
}

/** Options of {@linkcode LateEnds}. */
export interface LateEndsOptions {
  /** Where they are to be kept. */
  readonly store: Store;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Is told once why ends wait, and why one can never be kept. */
  readonly broke: (error: unknown) => void;
}

const RETRY_MS = 2000;
// Below what one commit may hold, and small enough that others are not kept waiting.
const MOST_OPS = 900;
const MOST_LETTERS = 1_048_576;

/**
 * Ends of runs that could not be kept at once, in their order. No later end overtakes them: what a run left in its session
 * may be made of what the one before it left. They are tried again every two seconds, many in one commit.
 */
export class LateEnds {
  readonly #options: LateEndsOptions;
  #ends: End[] = [];
  /** By the names of their runs. */
  readonly #named = new Map<string, End>();
  #keeping: Promise<unknown> | undefined;
  #timer: Disposable | undefined;
  #told = false;

  /** Nothing is held at first. */
  constructor(options: LateEndsOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get size(): number {
    return this.#ends.length;
  }

  /** The end that waits, by the name that its run is kept under. */
  find(name: string): End | undefined {
    return this.#named.size === 0 ? undefined : this.#named.get(name);
  }

  /** The end that waits, by the id of its run. Looks at all of them. */
  findRun(id: string): End | undefined {
    return this.#ends.find(({ run }) => run?.id === id);
  }

  /** Whether an end still waits. */
  has(end: End): boolean {
    return this.#ends.includes(end);
  }

  /** Adds ends behind all others. */
  add(...ends: readonly End[]): void {
    for (const end of ends) {
      this.#ends.push(end);
      if (end.run) this.#named.set(end.run.name, end);
    }
  }

  /** Tries to keep all of them now. Never throws: it gives why the first of them still waits, or `undefined`. */
  keep(): Promise<unknown> {
    // Whatever was added while the last of the others was on its way has its own turn.
    if (this.#keeping) {
      return this.#keeping.then((error) => error ?? (this.size > 0 ? this.keep() : undefined));
    }
    return this.#keeping = this.#keep().finally(() => this.#keeping = undefined);
  }

  async #keep(): Promise<unknown> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const { store, after, broke } = this.#options;
    for (let most = MOST_OPS; this.#ends.length > 0;) {
      const batch = this.#batch(most);
      try {
        await store.commit(batch.flatMap(({ ops }) => ops));
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof RangeError)) {
          if (!this.#told) broke(error);
          this.#told = true;
          this.#timer ??= after(RETRY_MS, () => void this.keep());
          return error;
        }
        // A store refuses one of these records. It must not stand in the way of the others.
        if (batch.length > 1) {
          most = 1;
          continue;
        }
        broke(error);
      }
      this.#ends = this.#ends.slice(batch.length);
      for (const end of batch) {
        const { run, settled } = end;
        if (run && this.#named.get(run.name) === end) this.#named.delete(run.name);
        settled();
      }
      most = MOST_OPS;
    }
    this.#told = false;
    return undefined;
  }

  #batch(most: number): readonly End[] {
    let [count, ops, letters] = [0, 0, 0];
    for (const end of this.#ends) {
      ops += end.ops.length;
      for (const op of end.ops) letters += lettersOf(op);
      if (count > 0 && (ops > most || letters > MOST_LETTERS)) break;
      count++;
    }
    return this.#ends.slice(0, count);
  }
}

function lettersOf(op: Op): number {
  if (op.type === "delete") return 0;
  const { value } = op;
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  let sum = 0;
  for (const one of Object.values(value)) {
    if (typeof one === "string") sum += one.length;
    else if (one instanceof Uint8Array) sum += one.length;
  }
  return sum;
}
