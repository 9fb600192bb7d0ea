import type { BoundAction } from "@/lib/demo/bound.ts";
import type { Fault } from "@/lib/value/fault.ts";

/** How long a handler that was told to end may go on in its place, in milliseconds. */
export const DEAF_MS = 5000;

/** One action of a run, while it is under way. */
export interface Attempt {
  readonly action: BoundAction;
  /** Why it is not waited for any more. Later results of its handler go nowhere. */
  over: Fault | undefined;
  /** Made when somebody asks for the signal: most handlers do not. */
  abort: AbortController | undefined;
  /** Called when it is ended before its time. */
  stopped: (() => void) | undefined;
  /** What the handler receives, where it was needed before a place was free. */
  input: { readonly value: unknown } | undefined;
  /** Whether its checks have found nothing. */
  checked: boolean;
  /** What it has given so far, to be remembered under a key. */
  answer: Answer | undefined;
}

/** The values that are gathered to be remembered. */
export interface Answer {
  readonly key: string;
  /** `undefined` when something among it cannot be given twice. */
  given: unknown[] | undefined;
}

/** An action that is about to begin. */
export function attemptOf(action: BoundAction): Attempt {
  return {
    action,
    over: undefined,
    abort: undefined,
    stopped: undefined,
    input: undefined,
    checked: false,
    answer: undefined,
  };
}

/** The signal that an attempt's handler is handed. */
export function signalOf(attempt: Attempt): AbortSignal {
  if (!attempt.abort) {
    attempt.abort = new AbortController();
    if (attempt.over) attempt.abort.abort(attempt.over);
  }
  return attempt.abort.signal;
}

/** Ends an attempt: its handler is told, and not waited for. */
export function stop(attempt: Attempt, why: Fault): void {
  if (attempt.over) return;
  attempt.over = why;
  attempt.abort?.abort(why);
  attempt.stopped?.();
}

/** Hands items on and tells after each how many are done. */
export async function* each<T>(
  items: Iterable<T> | AsyncIterable<T>,
  progress: (done: number, total?: number, note?: string) => void,
  note?: string,
): AsyncGenerator<T, void, undefined> {
  const total = Array.isArray(items) ? items.length : undefined;
  let done = 0;
  if (total !== undefined) progress(0, total, note);
  for await (const item of items) {
    yield item;
    done++;
    if (total !== undefined) progress(done, total, note);
  }
}
