import { Fault } from "@/lib/value/fault.ts";
import { type Attempt, signalOf } from "./attempt.ts";
import type { Entry, Place, Queue } from "./queue.ts";
import { isPromise } from "./result.ts";

/** How many checks of one action may go on at once. */
export const CHECK_PLACES = 16;
/** How long the checks of one call may take, in milliseconds. */
export const CHECK_MS = 10_000;

/** Options for {@linkcode askChecks}. */
export interface CheckingOptions {
  readonly queue: Queue;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Group whose places the checks take, and whose call it is. */
  readonly entry: Pick<Entry, "group" | "session">;
}

type Found = Fault | undefined;

/**
 * Asks checks in a place of their own and within a time of their own: an author's check that takes long, or never ends,
 * holds up no other action, and no more than so many calls of its own. Ends when the attempt is ended.
 *
 * @throws {Fault} `queue_full`, `rate_limited` when too many calls wait for their checks.
 */
export function askChecks(
  attempt: Attempt,
  ask: () => Found | Promise<Found>,
  { queue, after, entry }: CheckingOptions,
): Found | Promise<Found> {
  const name = { ...entry, limit: CHECK_PLACES };
  const place = queue.take(name);
  if (place) return inTime(attempt, ask, place, after);
  const waits = queue.enter({ ...name, priority: 0, standing: nothing, signal: () => signalOf(attempt) });
  return Promise.resolve(waits).then((place) => inTime(attempt, ask, place, after));
}

function inTime(
  attempt: Attempt,
  ask: () => Found | Promise<Found>,
  place: Place,
  after: CheckingOptions["after"],
): Found | Promise<Found> {
  let later = false;
  try {
    const found = ask();
    if (!isPromise(found)) return found;
    later = true;
    const ended = Promise.withResolvers<Found>();
    const timer = after(CHECK_MS, () => {
      ended.resolve(new Fault("timeout", `Checking it took longer than ${CHECK_MS / 1000} s. Try again`));
    });
    const stopped = () => ended.resolve(attempt.over);
    attempt.stopped = stopped;
    return Promise.race([found, ended.promise]).finally(() => {
      attempt.stopped = undefined;
      timer[Symbol.dispose]();
      place[Symbol.dispose]();
    });
  } finally {
    if (!later) place[Symbol.dispose]();
  }
}

function nothing(): void {}
