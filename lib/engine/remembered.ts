import { Updated } from "@/lib/demo/action.ts";
import type { Cache } from "@/lib/demo/cached.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Call } from "./call.ts";
import type { Answer } from "./attempt.ts";

/**
 * Under what a call's answer is remembered: what the author's key says, or the values as the page sent them; for people
 * who are logged in also who they are, so that nobody reads what another was told.
 */
export function keyOf(
  cache: Cache,
  { session, request }: Call,
  { input, wire }: { readonly input: () => unknown; readonly wire: () => Record<string, Json> },
): string {
  const own = cache.key ? cache.key(input()) : wire();
  return JSON.stringify([own ?? null, request.user?.id ?? null, cache.perSession ? session.id : null]);
}

/** Adds what was given to an answer. A handler may go on to change it, so a copy is kept. */
export function remember(answer: Answer, given: unknown): void {
  try {
    answer.given?.push(copyOf(given));
  } catch {
    // A stream, for example: it can be read only once.
    answer.given = undefined;
  }
}

function copyOf(given: unknown): unknown {
  if (typeof given !== "object" || given === null || given instanceof Updated) return given;
  if (Object.getPrototypeOf(given) !== Object.prototype) return structuredClone(given);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "symbol" || value instanceof Updated ? value : structuredClone(value),
    ]),
  );
}
