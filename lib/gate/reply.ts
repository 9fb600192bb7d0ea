import { logError } from "@/lib/ops/log_error.ts";
import { authorLine } from "./author_error.ts";
import { Fault, type FaultJson, FAULTS } from "@/lib/value/fault.ts";

/** How to answer with a refusal. */
export interface ReplyOptions {
  /** Whether the client may see the text and stack of what nobody expected. Default false. */
  readonly dev?: boolean | undefined;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** When to come back, in seconds, where another time than the next second is likely to help. */
const RETRY_SECONDS: { readonly [code in FaultJson["code"]]?: number } = {
  rate_limited: 10,
  queue_full: 5,
  no_space: 60,
};

/**
 * The answer to a request that is refused: `{"error": {code, message, field?}}` with the status of its code.
 * Anything but a fault is logged under a short id and answered as `internal`; in dev its stack comes along.
 */
export function refuse(error: unknown, { dev = false, headers }: ReplyOptions = {}): Response {
  const known = error instanceof Fault;
  const fault = known ? error.toJSON() : { code: "internal", message: report(error, { dev }) } as const;
  if (known && error.cause !== undefined && error.status >= 500) report(error, { dev });
  const stack = dev && !known && error instanceof Error ? { stack: error.stack } : {};
  const { status, retry } = FAULTS[fault.code];
  return new Response(JSON.stringify({ error: { ...fault, ...stack } }), {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      ...(retry ? { "retry-after": String(RETRY_SECONDS[fault.code] ?? 1) } : {}),
      // What is left of the body is not worth waiting for.
      ...(fault.code === "too_large" || fault.code === "timeout" ? { connection: "close" } : {}),
      ...headers,
    },
  });
}

/**
 * Logs what nobody expected and says what the client may read of it: the id under which it stands in the log, in dev
 * the text of the error.
 */
export function report(error: unknown, { dev = false }: { readonly dev?: boolean | undefined } = {}): string {
  const id = logError(error);
  return dev ? authorLine(error) : `Something went wrong on the server (error ${id})`;
}
