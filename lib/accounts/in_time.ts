import { Fault } from "@/lib/value/fault.ts";

/** Calls back after some milliseconds, unless it is disposed of before. */
export type After = (ms: number, callback: () => void) => Disposable;

/** Last argument of the functions of a source of users. */
export interface SourceContext {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The server's folder for data. */
  readonly data: string;
}

/** Options for {@linkcode inTime}. */
export interface TimeLimit {
  readonly after: After;
  readonly ms: number;
  /** The name of the work, for the log: `The function of usersFrom()`. */
  readonly what: string;
}

/**
 * Waits for an author's code with a time limit. After the limit the signal aborts, and the wait ends.
 *
 * @throws {Fault} `offline` after the limit; the cause names the work.
 */
export async function inTime<T>(
  { after, ms, what }: TimeLimit,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const late = Promise.withResolvers<never>();
  using _timer = after(ms, () => {
    const cause = new Error(`${what} did not answer within ${ms / 1000} s`);
    late.reject(new Fault("offline", "This is taking too long. Try again shortly", { cause }));
    ended.abort(cause);
  });
  // A later answer or error is dropped.
  late.promise.catch(() => {});
  return await Promise.race([late.promise, work(ended.signal)]);
}
