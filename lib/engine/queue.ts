import { Fault } from "@/lib/value/fault.ts";

/** A place in a concurrency group; given back when it is disposed of. */
export type Place = Disposable;

/** Told where a waiting call stands whenever that changes: 1 is next, of all that wait. */
export type Standing = (position: number, of: number, etaMs: number | undefined) => void;

/** Where a call wants a place. */
export interface GroupName {
  /** Name of the group. */
  readonly group: string;
  /** Places of the group; `undefined` is the queue's own limit, `null` none. The lowest that was ever named counts. */
  readonly limit: number | null | undefined;
}

/** A call that wants a place. */
export interface Entry extends GroupName {
  /** Higher leaves first. */
  readonly priority: number;
  /** Whose call it is: those of one session wait for each other before they make others wait. */
  readonly session: string;
  /** Told when the place in the queue changes. */
  readonly standing: Standing;
  /** Aborts when the call is not wanted any more. Asked for only if it has to wait. */
  readonly signal: () => AbortSignal;
}

/** Options for a queue. */
export interface QueueOptions {
  /** Places of a group that names no limit; `null` is no limit. */
  readonly limit: number | null;
  /** How many calls may wait in one group, half as many of one session. One more is refused with `queue_full`. */
  readonly size: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
}

interface Waiting {
  readonly session: string;
  readonly priority: number;
  readonly turn: number;
  readonly admit: (place: Place) => void;
  readonly standing: Standing;
  told: number;
}

interface Lane {
  /** The turn of the call that was admitted last. */
  turn: number;
  /** The turn of each session's last call. */
  readonly turns: Map<string, number>;
}

interface Group {
  readonly name: string;
  busy: number;
  /** The places that are held, in no order. */
  readonly held: Held[];
  limit: number | null;
  /** In the order in which they will be admitted. */
  readonly waiting: Waiting[];
  /** Turns, by priority: those of one say nothing about those of another. Only of priorities at which somebody waits. */
  readonly lanes: Map<number, Lane>;
  /** Moving average of how long a place is held, in milliseconds. */
  heldMs: number | undefined;
  announcing: Disposable | undefined;
}

// Telling everybody at every step costs the square of their number; a long queue is told twice a second.
const SHORT = 10;
/** So many turns are remembered, however few wait. */
const FEW = 64;
const ANNOUNCE_MS = 500;
/** So many groups are remembered, however few are in use. */
const FEW_GROUPS = 1000;

/**
 * Hands out the places of concurrency groups. Each session's calls are given turns one after the other, beginning with
 * the turn that is on: so one that sends five hundred is served in between the others, not before them (start-time
 * fair queueing). Within a turn the first that came goes first; a higher priority goes before all turns.
 */
export class Queue {
  readonly #groups = new Map<string, Group>();
  /** At how many groups those are forgotten that nobody is in. */
  #mostGroups = FEW_GROUPS;
  readonly #options: QueueOptions;

  /** All places are free at first. */
  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /**
   * Takes a place: at once when one is free, otherwise when it is this call's turn.
   *
   * @throws {Fault} `queue_full` at once, `rate_limited` when half of those who wait are of this session, `cancelled` when the signal aborts while waiting.
   */
  enter(entry: Entry): Place | Promise<Place> {
    const group = this.#group(entry);
    if (isFree(group)) return this.#place(group);
    this.#checkRoom(group, entry.session);
    return new Promise((resolve, reject) => {
      const signal = entry.signal();
      const leave = () => {
        const at = group.waiting.indexOf(waiting);
        if (at === -1) return;
        group.waiting.splice(at, 1);
        forget(group, waiting.priority);
        this.#announce(group);
        reject(new Fault("cancelled", "Cancelled while waiting"));
      };
      if (signal.aborted) return reject(new Fault("cancelled", "Cancelled while waiting"));
      const waiting: Waiting = {
        session: entry.session,
        priority: entry.priority,
        turn: nextTurn(group, entry),
        standing: entry.standing,
        admit: (place) => {
          signal.removeEventListener("abort", leave);
          resolve(place);
        },
        told: 0,
      };
      signal.addEventListener("abort", leave, { once: true });
      const at = placeOf(group.waiting, waiting);
      group.waiting.splice(at, 0, waiting);
      this.#tell(group, waiting, at + 1, this.#releases(group));
      if (at + 1 < group.waiting.length) this.#announce(group);
    });
  }

  /** Takes a place if one is free and nobody waits for it. */
  take(name: GroupName): Place | undefined {
    const group = this.#group(name);
    return isFree(group) ? this.#place(group) : undefined;
  }

  /** Whether there is room for a call to wait, if it has to. @throws {Fault} `queue_full`, `rate_limited` */
  check(name: GroupName, session: string): void {
    const group = this.#group(name);
    if (!isFree(group)) this.#checkRoom(group, session);
  }

  /** How many groups it knows. */
  get groups(): number {
    return this.#groups.size;
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

  #group({ group: name, limit: named }: GroupName): Group {
    const limit = named === undefined ? this.#options.limit : named;
    let group = this.#groups.get(name);
    if (!group) {
      if (this.#groups.size >= this.#mostGroups) this.#forgetGroups();
      group = {
        name,
        busy: 0,
        held: [],
        limit,
        waiting: [],
        lanes: new Map(),
        heldMs: undefined,
        announcing: undefined,
      };
      this.#groups.set(name, group);
    } else if (limit !== null && (group.limit === null || limit < group.limit)) group.limit = limit;
    return group;
  }

  // A name may hold a path that a client chose. The times that its places were held go with a group.
  #forgetGroups(): void {
    for (const [name, { busy, waiting }] of this.#groups) {
      if (busy === 0 && waiting.length === 0) this.#groups.delete(name);
    }
    this.#mostGroups = Math.max(FEW_GROUPS, 2 * this.#groups.size);
  }

  // One session cannot shut the others out: half of the room is always theirs.
  #checkRoom({ waiting }: Group, session: string): void {
    const { size } = this.#options;
    if (waiting.length >= size) {
      throw new Fault("queue_full", `Too many requests are waiting (${waiting.length}). Try again shortly`);
    }
    const share = Math.ceil(size / 2);
    if (waiting.length < share) return;
    let own = 0;
    for (const one of waiting) if (one.session === session) own++;
    if (own >= share) {
      throw tooManyWaiting(own);
    }
  }

  #place(group: Group): Place {
    group.busy++;
    const held = new Held(group, this.#options.now(), this.#leave);
    group.held.push(held);
    return held;
  }

  readonly #leave = (held: Held, at: number): void => {
    const { group, sinceMs } = held;
    const last = group.held.pop() as Held;
    if (last !== held) {
      group.held[at] = last;
      last.at = at;
    }
    const ms = this.#options.now() - sinceMs;
    group.heldMs = group.heldMs === undefined ? ms : group.heldMs * 0.8 + ms * 0.2;
    group.busy--;
    this.#next(group);
  };

  #next(group: Group): void {
    // More are held than may be when a lower limit was named meanwhile: then nobody comes for this one.
    if (group.limit !== null && group.busy >= group.limit) return;
    const waiting = group.waiting.shift();
    if (!waiting) return;
    const lane = laneOf(group, waiting.priority);
    lane.turn = Math.max(lane.turn, waiting.turn);
    if (lane.turns.size > 2 * group.waiting.length + FEW) prune(lane);
    forget(group, waiting.priority);
    waiting.admit(this.#place(group));
    this.#announce(group);
  }

  #announce(group: Group): void {
    if (group.waiting.length <= SHORT) return this.#tellAll(group);
    group.announcing ??= this.#options.after(ANNOUNCE_MS, () => {
      group.announcing = undefined;
      this.#tellAll(group);
    });
  }

  #tellAll(group: Group): void {
    group.announcing?.[Symbol.dispose]();
    group.announcing = undefined;
    if (group.waiting.length === 0) return;
    const releases = this.#releases(group);
    for (let i = 0; i < group.waiting.length; i++) {
      this.#tell(group, group.waiting[i] as Waiting, i + 1, releases);
    }
  }

  /** In how many milliseconds each held place is likely to be free again, the soonest first. */
  #releases({ heldMs, held }: Group): readonly number[] {
    if (heldMs === undefined) return [];
    const now = this.#options.now();
    return held.map(({ sinceMs }) => Math.max(0, heldMs - (now - sinceMs))).sort((a, b) => a - b);
  }

  #tell(group: Group, waiting: Waiting, position: number, releases: readonly number[]): void {
    if (waiting.told === position) return;
    waiting.told = position;
    const { length } = releases;
    // Places come free one after the other, and again as long as a place is held after that.
    const rounds = Math.floor((position - 1) / length) * (group.heldMs ?? 0);
    const eta = length === 0 ? undefined : Math.round((releases[(position - 1) % length] ?? 0) + rounds);
    waiting.standing(position, group.waiting.length, eta);
  }
}

/** A place that is held. */
class Held implements Place {
  readonly group: Group;
  readonly sinceMs: number;
  /** Where it stands among those of its group; -1 once it was given back. */
  at: number;
  readonly #leave: (held: Held, at: number) => void;

  constructor(group: Group, sinceMs: number, leave: (held: Held, at: number) => void) {
    this.group = group;
    this.sinceMs = sinceMs;
    this.at = group.held.length;
    this.#leave = leave;
  }

  [Symbol.dispose](): void {
    const { at } = this;
    if (at === -1) return;
    this.at = -1;
    this.#leave(this, at);
  }
}

function isFree({ waiting, limit, busy }: Group): boolean {
  return waiting.length === 0 && (limit === null || busy < limit);
}

function nextTurn(group: Group, { priority, session }: Entry): number {
  const lane = laneOf(group, priority);
  const turn = Math.max(lane.turn, (lane.turns.get(session) ?? -1) + 1);
  lane.turns.set(session, turn);
  return turn;
}

function laneOf(group: Group, priority: number): Lane {
  let lane = group.lanes.get(priority);
  if (!lane) group.lanes.set(priority, lane = { turn: 0, turns: new Map() });
  return lane;
}

// A turn that has passed says nothing any more: whoever had it begins with the one that is on.
function prune({ turn, turns }: Lane): void {
  for (const [session, last] of turns) if (last < turn) turns.delete(session);
}

// Nobody waits at a priority, so nobody can be unfair there: what was is forgotten.
function forget(group: Group, priority: number): void {
  if (!group.waiting.some((waiting) => waiting.priority === priority)) group.lanes.delete(priority);
}

// The waiting ones are in order, so half of them can be ruled out at each look.
function placeOf(waiting: readonly Waiting[], one: Waiting): number {
  let low = 0, high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle] as Waiting;
    const before = other.priority === one.priority ? other.turn <= one.turn : other.priority > one.priority;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The refusal of one more request of a session that has `own` waiting. */
export function tooManyWaiting(own: number): Fault {
  const requests = own === 1 ? "request" : "requests";
  return new Fault("rate_limited", `You already have ${own} ${requests} waiting. Try again shortly`);
}
