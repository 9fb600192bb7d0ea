import { Fault } from "@/lib/value/fault.ts";

/** A place in a concurrency group; given back when it is disposed of. */
export interface Place extends Disposable {
  /** The group. */
  readonly group: string;
}

/** Told where a waiting call stands whenever that changes: 1 is next, of all that wait. */
export type Standing = (position: number, of: number, etaMs: number | undefined) => void;

interface Waiting {
  readonly admit: (place: Place) => void;
  readonly standing: Standing;
}

interface Group {
  busy: number;
  limit: number | null;
  readonly waiting: Waiting[];
  /** Moving average of how long a place is held, in milliseconds. */
  heldMs: number | undefined;
}

/** What a queue is told. */
export interface QueueOptions {
  /** Places of a group that names no limit; `null` is no limit. */
  readonly limit: number | null;
  /** How many calls may wait in one group. One more is refused with `queue_full`. */
  readonly size: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

/** Hands out the places of concurrency groups, first come, first served. */
export class Queue {
  readonly #groups = new Map<string, Group>();
  readonly #options: QueueOptions;

  /** All places are free at first. */
  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /**
   * Takes a place: at once when one is free, otherwise when it is this call's turn.
   *
   * @throws {Fault} `queue_full` at once, `cancelled` when the signal aborts while waiting.
   */
  enter(
    name: string,
    limit: number | null | undefined,
    standing: Standing,
    signal: AbortSignal,
  ): Place | Promise<Place> {
    const group = this.#group(name, limit === undefined ? this.#options.limit : limit);
    if (group.waiting.length === 0 && (group.limit === null || group.busy < group.limit)) {
      return this.#place(name, group);
    }
    if (group.waiting.length >= this.#options.size) {
      throw new Fault("queue_full", `Too many wait already (${group.waiting.length}). Try again in a moment`);
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = group.waiting.indexOf(waiting);
        if (at === -1) return;
        group.waiting.splice(at, 1);
        this.#announce(group);
        reject(new Fault("cancelled", "Cancelled while waiting"));
      };
      const waiting: Waiting = {
        standing,
        admit: (place) => {
          signal.removeEventListener("abort", leave);
          resolve(place);
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      group.waiting.push(waiting);
      this.#tellOne(group, waiting, group.waiting.length);
    });
  }

  /** How many calls wait and how many places are taken, over all groups. */
  get load(): { readonly waiting: number; readonly busy: number } {
    let waiting = 0, busy = 0;
    for (const group of this.#groups.values()) {
      waiting += group.waiting.length;
      busy += group.busy;
    }
    return { waiting, busy };
  }

  #group(name: string, limit: number | null): Group {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, group = { busy: 0, limit, waiting: [], heldMs: undefined });
    else if (limit !== null && (group.limit === null || limit < group.limit)) group.limit = limit;
    return group;
  }

  #place(name: string, group: Group): Place {
    group.busy++;
    const since = this.#options.now();
    let held = true;
    return {
      group: name,
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        const ms = this.#options.now() - since;
        group.heldMs = group.heldMs === undefined ? ms : group.heldMs * 0.8 + ms * 0.2;
        group.busy--;
        this.#next(name, group);
      },
    };
  }

  #next(name: string, group: Group): void {
    const waiting = group.waiting.shift();
    if (!waiting) {
      if (group.busy === 0 && group.heldMs === undefined) this.#groups.delete(name);
      return;
    }
    waiting.admit(this.#place(name, group));
    this.#announce(group);
  }

  #announce(group: Group): void {
    for (let i = 0; i < group.waiting.length; i++) this.#tellOne(group, group.waiting[i] as Waiting, i + 1);
  }

  #tellOne(group: Group, waiting: Waiting, position: number): void {
    const eta = group.heldMs === undefined || group.limit === null
      ? undefined
      : Math.round(group.heldMs * Math.ceil(position / group.limit));
    waiting.standing(position, group.waiting.length, eta);
  }
}
