/** Lets pieces of work go on while all that are under way need no more than there is; the others wait in their order. */
export class Room {
  readonly #most: number;
  readonly #waiting: { readonly size: number; readonly go: () => void }[] = [];
  #taken = 0;

  /** `most`: how much there is. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Does a piece of work once there is room for it. One that needs more than there is goes on alone. */
  async run<T>(size: number, work: () => T | Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(size)) {
      await new Promise<void>((go) => this.#waiting.push({ size, go }));
    } else this.#taken += size;
    try {
      return await work();
    } finally {
      this.#taken -= size;
      this.#next();
    }
  }

  #fits(size: number): boolean {
    return this.#taken === 0 || this.#taken + size <= this.#most;
  }

  // Whoever is let in has the room at once: nobody who comes between can have it.
  #next(): void {
    for (let first = this.#waiting[0]; first && this.#fits(first.size); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#taken += first.size;
      first.go();
    }
  }
}
