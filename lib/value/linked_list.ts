/** An entry of a {@linkcode LinkedList}, in one list at a time. */
export interface Linked<T> {
  /** Its neighbours. The list's own: nobody else writes them. */
  before: T | undefined;
  after: T | undefined;
}

/**
 * Things in the order in which they came, any of which may go. For what comes and goes with every event: a `Set` leaves
 * more behind than is in it, see `Lookup`.
 */
export class LinkedList<T extends Linked<T>> implements Iterable<T> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  /** The one that came first. */
  get first(): T | undefined {
    return this.#first;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds one that is in no list, as the last. */
  add(one: T): void {
    one.before = this.#last;
    if (this.#last) this.#last.after = one;
    else this.#first = one;
    this.#last = one;
    this.#size++;
  }

  /** Takes one out that is in this list. */
  remove(one: T): void {
    const { before, after } = one;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    // A removed entry references nothing.
    one.before = one.after = undefined;
    this.#size--;
  }

  /** From the first to the last. The one that was just given may be taken out meanwhile. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let one = this.#first; one;) {
      const { after }: T = one;
      yield one;
      one = after;
    }
  }
}
