import { isIPv6 } from "node:net";
import type { LogStyle } from "@/lib/ops/log.ts";
import { count, type GuardSettings, readGuardSettings } from "./guard/settings.ts";
import { readSecret } from "./secret.ts";

/** What the operator of a server may set, read from the environment once, at start. */
export interface Settings extends GuardSettings {
  /** Port to listen on. `PORT`, default 8000. */
  readonly port: number;
  /** Address to listen on. `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** Names under which the server answers besides loopback's; `*` for any. `ATOLL_HOSTS`, separated by commas. */
  readonly names: readonly string[];
  /** Folder for files that people send. `ATOLL_DATA`, default `data`. */
  readonly data: string;
  /** Where runs and accounts are kept. `STORE`, `sqlite:` and a file; `undefined`: runs live in memory only. */
  readonly store: string | undefined;
  /** Bytes of memory that the server may take. `ATOLL_MEMORY`, default what its control group or the machine allows. */
  readonly memoryBytes: number | undefined;
  /** Most bytes of all records. `ATOLL_RECORDS`; `undefined`: a quarter of the disk, at most 8 GiB. */
  readonly recordBytes: number | undefined;
  /** Most bytes of the runs and the state of one session. `ATOLL_QUOTA_RECORDS`, default a 16th of all, 128 MiB at most. */
  readonly quotaRecordBytes: number | undefined;
  /** How long a finished run can be read where it is kept, in milliseconds. `ATOLL_KEEP_RUNS` in hours, default 24. */
  readonly keepRunsMs: number;
  /** Workers, and as many processes, for handlers that run outside the server's loop. `ATOLL_WORKERS`, default one a core. */
  readonly workers: number;
  /** Calls that may wait in one concurrency group. `ATOLL_QUEUE`, default 1,000. */
  readonly queueSize: number;
  /** Sessions that may hold values on the server. `ATOLL_SESSIONS`, default 10,000. */
  readonly sessionCapacity: number;
  /** Largest upload in bytes. `ATOLL_MAX_UPLOAD`, default 1 GiB. */
  readonly maxUploadBytes: number;
  /** Most bytes that one session may have here at a time. `ATOLL_QUOTA`, default four of the largest uploads. */
  readonly quotaBytes: number;
  /** Most files that one session may have here at a time. `ATOLL_QUOTA_FILES`, default 10,000. */
  readonly quotaFiles: number;
  /** Most bytes of all files together. `ATOLL_DISK`, default what the disk has but for a reserve. */
  readonly diskBytes: number;
  /** How long files are kept, in milliseconds. `ATOLL_KEEP_FILES`, in hours, 0.5 is half an hour; default 24. */
  readonly keepFilesMs: number;
  /** Origin that files are read at, such as `https://files.example`. `ATOLL_FILES_ORIGIN`, default that of the page. */
  readonly filesOrigin: string | undefined;
  /**
   * Secret that sessions are signed with. `ATOLL_SECRET`, 32 characters or more, or `ATOLL_SECRET_FILE`, a file that only
   * its owner may read; default a new one at each start.
   */
  readonly secret: Uint8Array | undefined;
  /** Socket of who starts processes of handlers. `ATOLL_STARTER`, set by `deno task start`; else the server does. */
  readonly starter: string | undefined;
  /** Other builds of the project, whose pages may still be open. `ATOLL_BUILDS`, set by `deno task start`. */
  readonly builds: readonly string[];
  /** Runs at once of an action that names no limit. `ATOLL_CONCURRENCY`, default 16; `none` is no limit. */
  readonly concurrencyLimit: number | null;
  /** How long a handler may take that names no time, in milliseconds. `ATOLL_RUN_SECONDS`, default 60; `none` is no limit. */
  readonly runMs: number | null;
  /** Whether authors see the text of errors. `ATOLL_DEV=1`, set by the dev server. */
  readonly dev: boolean;
  /** What the log looks like. `ATOLL_LOG`, `text` or `json`, default `text`. */
  readonly log: LogStyle;
  /** Whether each request is logged. `ATOLL_LOG_REQUESTS=1`. */
  readonly logRequests: boolean;
  /** Whether `/metrics` answers. `ATOLL_METRICS=1`. */
  readonly metrics: boolean;
  /** Whether runs are traced. `OTEL_DENO=true`, which also turns on Deno's own exporter. */
  readonly traces: boolean;
  /** How long runs may go on once the server is told to stop, in milliseconds. `ATOLL_DRAIN_SECONDS`, default 25. */
  readonly drainMs: number;
  /**
   * How long a server that is told to stop only says that it is not ready, in milliseconds, so that balancers send nobody
   * any more. `ATOLL_UNREADY_SECONDS`, default 0.
   */
  readonly unreadyMs: number;
}

const NAME = /^(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])$/;
const MOST_BYTES = Number.MAX_SAFE_INTEGER;
const HOUR_MS = 60 * 60 * 1000;
const MOST_HOURS = 24 * 366;

/**
 * Reads the settings.
 *
 * @throws {RangeError} when one is wrong; the message says which and what would be right.
 */
export function readSettings(env: (name: string) => string | undefined): Settings {
  const maxUploadBytes = whole(env, "ATOLL_MAX_UPLOAD", 2 ** 30, 1, MOST_BYTES);
  return {
    ...readGuardSettings(env),
    port: whole(env, "PORT", 8000, 0, 65535),
    host: env("HOST") || "127.0.0.1",
    names: namesOf(env),
    data: env("ATOLL_DATA") || "data",
    maxUploadBytes,
    quotaBytes: whole(env, "ATOLL_QUOTA", Math.min(4 * maxUploadBytes, MOST_BYTES), 1, MOST_BYTES),
    quotaFiles: whole(env, "ATOLL_QUOTA_FILES", 10_000, 1, 1_000_000_000),
    diskBytes: whole(env, "ATOLL_DISK", MOST_BYTES, 1, MOST_BYTES),
    keepFilesMs: hours(env, "ATOLL_KEEP_FILES", 24),
    filesOrigin: filesOrigin(env),
    secret: readSecret(env),
    starter: env("ATOLL_STARTER") || undefined,
    builds: (env("ATOLL_BUILDS") ?? "").split(",").filter((id) => /^[0-9a-f]+$/.test(id)),
    concurrencyLimit: env("ATOLL_CONCURRENCY") === "none"
      ? null
      : whole(env, "ATOLL_CONCURRENCY", 16, 1, 1_000_000),
    runMs: env("ATOLL_RUN_SECONDS") === "none" ? null : 1000 * whole(env, "ATOLL_RUN_SECONDS", 60, 1, 86_400),
    store: store(env),
    memoryBytes: optional(env, "ATOLL_MEMORY", 2 ** 28, MOST_BYTES),
    recordBytes: optional(env, "ATOLL_RECORDS", 2 ** 20, MOST_BYTES),
    quotaRecordBytes: optional(env, "ATOLL_QUOTA_RECORDS", 2 ** 16, MOST_BYTES),
    keepRunsMs: hours(env, "ATOLL_KEEP_RUNS", 24),
    workers: whole(env, "ATOLL_WORKERS", navigator.hardwareConcurrency, 1, 1000),
    queueSize: whole(env, "ATOLL_QUEUE", 1000, 1, 1_000_000),
    sessionCapacity: whole(env, "ATOLL_SESSIONS", 10_000, 1, 10_000_000),
    dev: flag(env, "ATOLL_DEV"),
    log: logStyle(env),
    logRequests: flag(env, "ATOLL_LOG_REQUESTS"),
    metrics: flag(env, "ATOLL_METRICS"),
    traces: /^(?:true|1)$/.test(env("OTEL_DENO") ?? ""),
    drainMs: 1000 * whole(env, "ATOLL_DRAIN_SECONDS", 25, 0, 86_400),
    unreadyMs: 1000 * whole(env, "ATOLL_UNREADY_SECONDS", 0, 0, 3600),
  };
}

/** What the log is to look like. @throws {RangeError} */
export function logStyle(env: (name: string) => string | undefined): LogStyle {
  const style = env("ATOLL_LOG") || "text";
  if (style === "text" || style === "json") return style;
  throw new RangeError(`Cannot use ATOLL_LOG=${style}: it must be text or json`);
}

function store(env: (name: string) => string | undefined): string | undefined {
  const text = env("STORE") || "memory:";
  if (text === "memory:") return undefined;
  if (/^sqlite:./.test(text)) return text;
  throw new RangeError(
    `Cannot use STORE=${text}: it must be memory: or sqlite: and a file, as in sqlite:./data/atoll.db`,
  );
}

function flag(env: (name: string) => string | undefined, name: string): boolean {
  const text = env(name) ?? "";
  if (text === "" || text === "0" || text === "1") return text === "1";
  throw new RangeError(`Cannot use ${name}=${text}: it must be 0 or 1`);
}

function hours(env: (name: string) => string | undefined, name: string, otherwise: number): number {
  const text = env(name) || String(otherwise);
  const ms = Math.round(Number(text) * HOUR_MS);
  if (ms >= 1 && ms <= MOST_HOURS * HOUR_MS) return ms;
  throw new RangeError(`Cannot use ${name}=${text}: it must be a number of hours, at most ${MOST_HOURS}`);
}

function filesOrigin(env: (name: string) => string | undefined): string | undefined {
  const text = env("ATOLL_FILES_ORIGIN");
  if (text === undefined || text === "") return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== text) {
    throw new RangeError(
      `Cannot use ATOLL_FILES_ORIGIN=${text}: it must be an origin such as https://files.example`,
    );
  }
  // Cookies know no ports: a file of another port of the same name could still reach the app.
  if (namesOf(env).includes(url.hostname)) {
    throw new RangeError(
      `Cannot use ATOLL_FILES_ORIGIN=${text}: ${url.hostname} is in ATOLL_HOSTS; files need a name of their own`,
    );
  }
  return text;
}

// As the Host header has it: what stands there otherwise could never match.
function namesOf(env: (name: string) => string | undefined): string[] {
  const names = (env("ATOLL_HOSTS") ?? "").split(",").map((name) => name.trim().toLowerCase());
  for (const name of names) {
    const bare = name.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "").replace(/\.(?=:\d+$|$)/, "");
    const right = URL.parse(`http://${isIPv6(bare) ? `[${bare}]` : bare}/`)?.hostname ?? "";
    if (name === "" || name === "*" || name === right && NAME.test(name)) continue;
    throw new RangeError(
      `Cannot use ATOLL_HOSTS=${name}: it must be names without scheme, port and path, ` +
        (NAME.test(right)
          ? `such as ${right}`
          : "each of them whole, such as demos.example, or * for any name"),
    );
  }
  return names.filter((name) => name !== "");
}

function optional(
  env: (name: string) => string | undefined,
  name: string,
  min: number,
  max: number,
): number | undefined {
  return (env(name) ?? "") === "" ? undefined : whole(env, name, min, min, max);
}

function whole(
  env: (name: string) => string | undefined,
  name: string,
  otherwise: number,
  min: number,
  max: number,
): number {
  return count(env, name, min, max) ?? otherwise;
}
