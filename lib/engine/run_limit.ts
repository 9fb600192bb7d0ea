import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";

/** Options for {@linkcode RunLimit}. */
export interface RunLimitOptions {
  /** How long a handler may take, in milliseconds. */
  readonly ms: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
}

/**
 * The limit of time of all handlers that name none of their own. It is the same for all of them, so they are due in the
 * order in which they began, and one timer serves them: a timer for each would be a good part of a small event.
 */
export class RunLimit {
  readonly #options: RunLimitOptions;
  readonly #going = new LinkedList<Going>();
  #timer: Disposable | undefined;

  /** Makes a limit. */
  constructor(options: RunLimitOptions) {
    this.#options = options;
  }

  /** How long a handler may take, in milliseconds. */
  get ms(): number {
    return this.#options.ms;
  }

  /** Calls back when a handler that begins now has taken too long, unless it is disposed of before. */
  begin(late: () => void): Disposable {
    const { ms, now } = this.#options;
    const going = new Going(this.#going, now() + ms, late);
    this.#going.add(going);
    this.#timer ??= this.#options.after(ms, this.#look);
    return going;
  }

  /** Stops its timer; nobody is called back any more. */
  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const { now, after } = this.#options;
    for (let first = this.#going.first; first && first.dueMs <= now(); first = this.#going.first) {
      first[Symbol.dispose]();
      first.late();
    }
    const next = this.#going.first;
    // One that began meanwhile, in what was called back, has set the timer already.
    if (next) this.#timer ??= after(next.dueMs - now(), this.#look);
  };
}

class Going implements Linked<Going>, Disposable {
  before: Going | undefined = undefined;
  after: Going | undefined = undefined;
  readonly dueMs: number;
  readonly late: () => void;
  #list: LinkedList<Going> | undefined;

  constructor(list: LinkedList<Going>, dueMs: number, late: () => void) {
    this.#list = list;
    this.dueMs = dueMs;
    this.late = late;
  }

  [Symbol.dispose](): void {
    this.#list?.remove(this);
    this.#list = undefined;
  }
}
