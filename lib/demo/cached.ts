import type { RunContext } from "./action.ts";
import { weigh } from "@/lib/value/weigh.ts";

/** Options of {@linkcode cached}. */
export interface CacheOptions<I> {
  /**
   * The cache key of a call, from the input of the handler: any plain data. Default: the values as the page sent
   * them, so a file that is sent twice counts as two.
   */
  readonly key?: (input: I) => unknown;
  /** How many answers are kept at most; the one that was asked for longest ago goes first. Default 100. */
  readonly maxEntries?: number;
  /** How many bytes they may take together, roughly. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Whether each session has its own answers. Default false: all sessions share them. */
  readonly perSession?: boolean;
}

/** The cached answers of a handler. */
export interface Cache {
  /** Whether each session has its own answers. */
  readonly perSession: boolean;
  /** The author's key of a call, if there is one. */
  readonly key: ((input: unknown) => unknown) | undefined;
  /** The outputs for a key, in their order. */
  find(key: string): readonly unknown[] | undefined;
  /** Keeps the outputs for a key. */
  keep(key: string, given: readonly unknown[]): void;
}

const caches = new WeakMap<object, Cache>();

/**
 * A handler with a cache. For the same input it is not called again. Its results and yields are sent again without
 * waiting in the queue, and the page says so. Logged-in users never share answers. A failed call is not cached.
 *
 * @throws {RangeError} when a bound is not a positive number.
 *
 * @example
 * ```ts
 * import { cached, Interface, textbox } from "atoll";
 *
 * export default Interface({
 *   inputs: textbox(),
 *   outputs: textbox(),
 *   fn: cached(async (text: string) => await slowly(text), { maxEntries: 50 }),
 * });
 *
 * async function slowly(text: string): Promise<string> {
 *   return text.toUpperCase();
 * }
 * ```
 */
export function cached<I, R>(
  fn: (input: I, run: RunContext) => R,
  options: CacheOptions<I> = {},
): (input: I, run: RunContext) => R {
  const { key, maxEntries = 100, maxBytes = 64 * 1024 * 1024, perSession = false } = options;
  for (const [name, bound] of Object.entries({ maxEntries, maxBytes })) {
    if (!(bound > 0)) throw new RangeError(`Cannot cache with ${name} ${bound}: it is a number from 1`);
  }
  const remembering = (input: I, run: RunContext) => fn(input, run);
  const answers = new Map<string, { readonly given: readonly unknown[]; readonly bytes: number }>();
  let total = 0;
  const drop = (key: string) => {
    total -= answers.get(key)?.bytes ?? 0;
    answers.delete(key);
  };
  caches.set(remembering, {
    perSession,
    key: key as Cache["key"],
    find: (key) => {
      const answer = answers.get(key);
      if (!answer) return undefined;
      answers.delete(key);
      answers.set(key, answer);
      return answer.given;
    },
    keep: (key, given) => {
      drop(key);
      const bytes = key.length + weigh(given, maxBytes);
      if (bytes > maxBytes) return;
      answers.set(key, { given, bytes });
      total += bytes;
      for (const [oldest] of answers) {
        if (answers.size <= maxEntries && total <= maxBytes) return;
        drop(oldest);
      }
    },
  });
  return remembering;
}

/** The cache of a handler; `undefined` without one. */
export function cacheOf(fn: object | undefined): Cache | undefined {
  return fn && caches.get(fn);
}
