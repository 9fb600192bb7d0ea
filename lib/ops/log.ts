// deno-lint-ignore-file no-console -- this is the one place that writes the log
import { oneLine } from "./one_line.ts";

/** How serious an entry is. Entries of `info` go to the standard output, the others to the standard error. */
export type Level = "info" | "warn" | "error";

/** The format of the log: `text` for people, `json` (one object per line) for log collectors. */
export type LogStyle = "text" | "json";

/** The data of an entry. There is no place for values, bodies, headers, cookies or query strings. */
export interface Entry {
  /** A sentence for people. */
  readonly message?: string;
  /** Under which clients were told of an error. */
  readonly id?: string;
  /** Method of a request. */
  readonly method?: string;
  /** Path of a request, without its query. */
  readonly path?: string;
  /** Status of an answer. */
  readonly status?: number;
  /** How long it took, in milliseconds. */
  readonly ms?: number;
  /** Address of a client. */
  readonly client?: string;
  /** The signal that the process was sent. */
  readonly signal?: string;
  /** Why something is as it is: words of a closed list. */
  readonly reasons?: readonly string[];
  /** How many. */
  readonly count?: number;
  /** Where an error was thrown, from the inside out. */
  readonly stack?: readonly string[];
  /** The causes of an error, from the direct one to the first. */
  readonly causes?: readonly Pick<Entry, "message" | "stack">[];
}

/** Fields that are written, in this order. Anything else that an entry has, whatever its type says, is not. */
const FIELDS = [
  "message",
  "id",
  "method",
  "path",
  "status",
  "ms",
  "client",
  "signal",
  "reasons",
  "count",
  "stack",
  "causes",
] as const satisfies readonly (keyof Entry)[];

// The log is the process's, as its standard output is: there is one, and nothing of any visitor is in here.
let style: LogStyle = "text";
let breaks = false;
let out = (line: string): void => console.log(line);
let err = (line: string): void => console.error(line);

/** Chooses what the log looks like from now on. At first it is `text`. */
export function logAs(next: LogStyle): void {
  style = next;
}

/** Shows line breaks of messages as they are: where those who read the log wrote what is in it. */
export function logBreaks(): void {
  breaks = true;
}

/** The format of the log. */
export function logStyle(): LogStyle {
  return style;
}

/** Has the log written by others than the console's functions. */
export function logTo(info: (line: string) => void, rest: (line: string) => void): void {
  out = info;
  err = rest;
}

/** Writes an entry. All that the server has to say goes through here. `event` names what happened, in snake case. */
export function log(level: Level, event: string, entry: Entry = {}): void {
  const line = style === "json" ? asJson(level, event, entry) : asText(event, entry);
  if (level === "info") out(line);
  else err(line);
}

// Fields with one text are other people's; lines of stacks were made by logError().
function asJson(level: Level, event: string, entry: Entry): string {
  const fields = FIELDS.flatMap((name) => {
    const value = entry[name];
    return value === undefined ? [] : [[name, typeof value === "string" ? oneLine(value) : value]];
  });
  const head = { time: new Date().toISOString(), level, event };
  return JSON.stringify({ ...head, ...Object.fromEntries(fields) });
}

function shown(message: string): string {
  const line = oneLine(message);
  return breaks ? line.replaceAll("\\u000a", "\n") : line;
}

function asText(event: string, entry: Entry): string {
  const { message, id, stack = [], causes = [] } = entry;
  const name = event.replaceAll("_", " ");
  if (id !== undefined) {
    const lines = [`${name} ${id}: ${shown(message ?? "")}`, ...stack];
    for (const cause of causes) {
      lines.push(`  caused by ${oneLine(cause.message ?? "")}`, ...cause.stack ?? []);
    }
    return lines.join("\n");
  }
  if (message !== undefined) return shown(message);
  const rest = FIELDS.flatMap((field) => {
    const value = entry[field];
    return value === undefined ? [] : [`${field}=${oneLine(String(value))}`];
  });
  return [name, ...rest].join(" ");
}
