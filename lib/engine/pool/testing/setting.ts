import type { RunContext } from "@/lib/demo/action.ts";
import type { RemoteOptions } from "@/lib/demo/remote.ts";
import type { Pool, PoolClock } from "@/lib/engine/pool/port.ts";
import type * as handlers from "./handlers.ts";

/** What a test calls, and what came of it. */
export interface Called extends AsyncGenerator<unknown, unknown, undefined> {
  /** Progress and log messages so far. */
  readonly told: unknown[];
  /** Resolves when the handler has told something for the first time: it runs now. */
  readonly runs: Promise<void>;
  /** Cancels it as the engine does. */
  cancel(): void;
}

/** The time of the machine. */
export const realClock: PoolClock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Calls one of the handlers for tests in a pool. */
export function call(
  pool: Pool,
  name: keyof typeof handlers,
  input?: unknown,
  options: RemoteOptions = { runs: "process" },
): Called {
  const told: unknown[] = [];
  const runs = Promise.withResolvers<void>();
  const abort = new AbortController();
  const log = (level: string) => (text: string, options?: object) =>
    void told.push({ level, text, ...options });
  const tell = (done: number, total?: number, note?: string) => {
    told.push([done, total, note]);
    runs.resolve();
  };
  const context: RunContext = {
    signal: abort.signal,
    progress: Object.assign(tell, {
      each: () => {
        throw new Error("made anew where the handler runs");
      },
    }),
    log: { info: log("info"), success: log("success"), warning: log("warning") },
    request: {
      headers: new Headers({ "user-agent": "test" }),
      url: "http://127.0.0.1/x",
      query: new URLSearchParams(),
      cookies: {},
      client: "127.0.0.1",
    },
    session: "s1",
    failure: undefined,
    event: { field: "list", name: "pick", detail: { index: 3 } },
  };
  const module = import.meta.resolve("./handlers.ts");
  const run = pool.run({ module, name, options, input, context });
  return Object.assign(run, { told, runs: runs.promise, cancel: () => abort.abort() });
}

/** Reads a call to its end: what it yielded, then what it returned. */
export async function all(run: AsyncGenerator<unknown, unknown, undefined>): Promise<unknown[]> {
  const values: unknown[] = [];
  for (;;) {
    const { done, value } = await run.next();
    values.push(value);
    if (done) return values;
  }
}

/** Reads a call to its end and gives what it returned. */
export async function result(run: AsyncGenerator<unknown, unknown, undefined>): Promise<unknown> {
  return (await all(run)).at(-1);
}
