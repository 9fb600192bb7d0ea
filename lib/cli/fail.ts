import { log } from "@/lib/ops/log.ts";
import { headline } from "@/lib/ops/log_error.ts";

/** Says in one line why there is no start, and ends the process with 1. */
export function fail(message: string): never {
  log("error", "cannot_start", { message });
  Deno.exit(1);
}

/**
 * As {@linkcode fail}, for an error: what says what cannot be done stands as it is. Where it was thrown is for authors
 * and shown in dev only.
 */
export function failWith(error: unknown, dev: boolean): never {
  const plain = error instanceof Error && error.name === "Error" ? error.message : headline(error);
  const said = error instanceof Error && error.message.startsWith("Cannot ")
    ? error.message
    : `Cannot start: ${plain}`;
  // deno-lint-ignore no-console -- a stack is no line of the log
  if (dev && error instanceof Error) console.error(error.stack);
  return fail(said);
}
