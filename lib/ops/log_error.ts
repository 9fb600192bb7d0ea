import { type Entry, log } from "./log.ts";
import { escape, oneLine } from "./one_line.ts";

const CAUSES = 5;
const FRAMES = 30;

// Errors that other code printed to the console, by their id in the log.
const printed = new WeakMap<object, string>();

/**
 * Logs what nobody expected, with its stack and its causes, on lines that its text cannot forge. It returns the id in
 * the log.
 */
export function logError(error: unknown, event = "error"): string {
  if (typeof error === "object" && error !== null) {
    const known = printed.get(error);
    // It was printed on its way here; the next time that it happens is another one.
    if (known !== undefined && printed.delete(error)) return known;
  }
  const id = crypto.getRandomValues(new Uint8Array(4)).toHex();
  const causes: Pick<Entry, "message" | "stack">[] = [];
  let cause = causeOf(error);
  for (; cause !== undefined && causes.length < CAUSES; cause = causeOf(cause)) {
    causes.push({ message: headline(cause), stack: frames(cause) });
  }
  log("error", event, {
    id,
    message: headline(error),
    stack: frames(error),
    ...(causes.length > 0 ? { causes } : {}),
  });
  return id;
}

/**
 * Logs an error that went through the console. The next call with the same error gets the same id and writes no second
 * entry.
 */
export function logPrinted(error: Error): void {
  printed.set(error, logError(error));
}

/** Name and message of an error, on one line. */
export function headline(error: unknown): string {
  return oneLine(
    error instanceof Error ? `${error.name}: ${granted(error)}` : `Thrown: ${describe(error)}`,
  );
}

// Deno names the flag of a program that nobody starts by hand.
function granted({ name, message }: Error): string {
  if (name !== "NotCapable") return message;
  return message.replace(
    /, run again with the --allow-([a-z]+) flag$/,
    (_, right: string) =>
      `. deno task start permits it by ATOLL_ALLOW_${right.toUpperCase()}, a process of remote() by its permissions`,
  );
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

// The stack begins with the message, which may hold lines that look like frames.
function frames(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const at = error.message === "" ? 0 : error.stack.indexOf(error.message);
  return error.stack.slice(at < 0 ? 0 : at + error.message.length).split("\n")
    .filter((line) => /^\s+at /.test(line)).slice(0, FRAMES).map(escape);
}

function describe(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
