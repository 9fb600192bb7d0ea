import process from "node:process";
import { counter, type Family, gauge } from "./exposition.ts";

// The folder of the build is named after its contents.
const BUILD = /\/_builds\/([0-9a-f]+)\//.exec(import.meta.url)?.[1] ?? "none";

/** The figures of an engine. */
export interface Load {
  /** Places of concurrency groups that are taken. */
  readonly busy: number;
  /** Calls that wait for a place. */
  readonly waiting: number;
  /** Sessions that hold values. */
  readonly sessions: number;
  /** Runs that somebody reads. */
  readonly streams: number;
}

/** Current figures of the server and of its process, for {@linkcode Metrics.text}. */
export function gauges(
  { load: { busy, waiting, sessions, streams } }: { readonly load: Load },
  { lagMs }: { readonly lagMs: number },
  strays: { readonly count: number },
): Family[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge("atoll_runs_busy", "Places of concurrency groups that are taken.", busy),
    gauge("atoll_runs_waiting", "Calls that wait for a place.", waiting),
    gauge("atoll_sessions", "Sessions that hold values.", sessions),
    gauge("atoll_streams_open", "Runs that somebody reads.", streams),
    gauge("atoll_event_loop_lag_seconds", "How late the event loop was at worst of late.", lagMs / 1000),
    counter("atoll_stray_errors_total", "Errors that nothing waited for.", strays.count),
    gauge("process_resident_memory_bytes", "Memory of the process.", rss),
    gauge("process_heap_bytes", "Objects on the heap.", heapUsed),
    gauge("process_external_memory_bytes", "Buffers beside the heap.", external),
    gauge(
      "process_start_time_seconds",
      "When the process began, in Unix time.",
      performance.timeOrigin / 1000,
    ),
    {
      name: "atoll_build_info",
      help: "Always 1: which build this is, and of which Deno.",
      type: "gauge",
      samples: [{ labels: { build: BUILD, deno: Deno.version.deno }, value: 1 }],
    },
    counter("process_cpu_seconds_total", "Processor time of the process.", (user + system) / 1e6),
  ];
}
