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
 * Logs what nobody expected, on lines that its text cannot forge, and says what the client may read of it:
 * the id under which it stands in the log, in dev the text of the error.
 */
export function report(error: unknown, { dev = false }: { readonly dev?: boolean | undefined } = {}): string {
  const id = crypto.getRandomValues(new Uint8Array(4)).toHex();
  const lines = [`error ${id}: ${headline(error)}`, ...frames(error)];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 5; depth++) {
    lines.push(`  caused by ${headline(cause)}`, ...frames(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  // deno-lint-ignore no-console
  console.error(lines.join("\n"));
  return dev
    ? headline(error)
    : `Something went wrong on the server. Its operator finds it in the log as ${id}`;
}

function headline(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `Thrown: ${describe(error)}`;
  return escape(text.length > 2000 ? `${text.slice(0, 2000)}...` : text);
}

// The stack begins with the message, which may hold lines that look like frames.
function frames(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const at = error.message === "" ? 0 : error.stack.indexOf(error.message);
  return error.stack.slice(at < 0 ? 0 : at + error.message.length).split("\n")
    .filter((line) => /^\s+at /.test(line)).slice(0, 30).map(escape);
}

function describe(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

// Control, line-separating and bidirectional characters change what a terminal or an editor shows.
function escape(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
