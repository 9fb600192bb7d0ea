import type { Health } from "@/lib/ops/health.ts";
import { log } from "@/lib/ops/log.ts";
import { logError } from "@/lib/ops/log_error.ts";

/** The parts of a server that must be stopped. */
export interface Stoppable {
  /** Told first, so that nobody is sent here any more; answers then close their connections. */
  readonly health: Health;
  /** Its runs may go on for a while. */
  readonly engine: { close(): void; drain(ms: number): Promise<void> };
  /** Processes and workers. */
  readonly pools: { close(): Promise<void> };
  /** The store of files. */
  readonly blobs: AsyncDisposable;
  /** The journal of runs. */
  readonly journal: AsyncDisposable | undefined;
  /** Records, closed last. */
  readonly store: AsyncDisposable;
  /** The time that it has lived through. */
  readonly time: { note(): void };
  /** The listening server. */
  readonly http: { shutdown(): Promise<void> };
  /** How long it only says that it is not ready, in milliseconds, before it takes nothing new. */
  readonly unreadyMs: number;
  /** How long runs may go on, in milliseconds. */
  readonly drainMs: number;
}

/** Once runs are over, connections and files have this long to come to an end. */
const CLOSE_WITHIN_MS = 2500;

/** And what is kept this long to be written: with the usual 25 s for runs it is over within 30 s, whatever hangs. */
const KEEP_WITHIN_MS = 1500;

/**
 * A signal to the whole group, as Ctrl-C is, comes twice: from the terminal, and handed on by `deno task`. A signal
 * within this time counts as the same one.
 */
const ECHO_MS = 300;

/** Of a process that a signal ended, as shells give it. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Stops at the first SIGTERM or SIGINT: not ready at once, nothing new is accepted after `ATOLL_UNREADY_SECONDS`,
 * what runs may end, exit 0. A second one exits at once, with 143 or 130. SIGHUP is ignored: a server outlives the
 * terminal that started it.
 */
export function stopOnSignals(all: Stoppable): void {
  let sinceMs: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (sinceMs !== undefined) {
        if (performance.now() - sinceMs < ECHO_MS) return;
        log("warn", "stopped", { message: `Stopped at once by a second signal, ${signal}`, signal });
        Deno.exit(CODES[signal]);
      }
      sinceMs = performance.now();
      stop(all, signal);
    });
  }
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGHUP", () => log("info", "ignored", { message: "SIGHUP is ignored" }));
  }
}

async function stop(all: Stoppable, signal: string) {
  const { health, engine, pools, blobs, journal, store, time, http, unreadyMs, drainMs } = all;
  health.drain();
  const first = unreadyMs > 0 ? `not ready for ${unreadyMs / 1000} s, then ` : "";
  const message = `Stopping: ${first}runs have ${
    drainMs / 1000
  } s to come to an end. Another signal ends them at once`;
  log("info", "stopping", { message, signal });
  // A load balancer notices it by then, and sends no more requests.
  if (unreadyMs > 0) await new Promise((resolve) => setTimeout(resolve, unreadyMs));
  // The server still answers meanwhile: that it is not ready, and what the pages of those runs ask for.
  await within(drainMs + 1000, engine.drain(drainMs));
  // Streams end with their last frame; only then does shutdown() come to an end by itself.
  engine.close();
  await within(CLOSE_WITHIN_MS, Promise.all([http.shutdown(), pools.close()]));
  await within(KEEP_WITHIN_MS, Promise.try(() => time.note()));
  await within(KEEP_WITHIN_MS, Promise.all([blobs[Symbol.asyncDispose](), closeRecords()]));
  log("info", "stopped", { message: "Stopped" });
  Deno.exit(0);

  async function closeRecords(): Promise<void> {
    await journal?.[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }
}

async function within(ms: number, work: PromiseLike<unknown> | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, Promise.resolve(work).catch((error) => logError(error, "stop_error"))]);
  clearTimeout(timer);
}
