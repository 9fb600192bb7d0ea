import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Accounts } from "@/lib/accounts/accounts.ts";
import { runRemotesBy } from "@/lib/demo/remote.ts";
import { type Clock, Engine, systemClock } from "@/lib/engine/engine.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { KeptState } from "@/lib/engine/kept_state.ts";
import { RecordQuota } from "@/lib/engine/record_quota.ts";
import { Pools } from "@/lib/engine/pool/mod.ts";
import { startThere } from "@/lib/engine/pool/start_there.ts";
import { around } from "@/lib/gate/around.ts";
import { limitBodies } from "@/lib/gate/arrival.ts";
import { filesOrigin, fileUrls } from "@/lib/gate/files_origin.ts";
import type { GuardOptions } from "@/lib/gate/guard.ts";
import { report } from "@/lib/gate/reply.ts";
import { serverPaths } from "@/lib/gate/server_paths.ts";
import { withTypes } from "@/lib/gate/type_mistakes.ts";
import type { Settings } from "@/lib/gate/settings.ts";
import { logRequests, watches } from "@/lib/gate/watch.ts";
import { gauges } from "@/lib/ops/gauges.ts";
import { Health } from "@/lib/ops/health.ts";
import { log, logAs } from "@/lib/ops/log.ts";
import { HttpCounts } from "@/lib/ops/http_counts.ts";
import { Metrics } from "@/lib/ops/metrics.ts";
import { observers } from "@/lib/ops/observers.ts";
import { placeOf } from "@/lib/ops/place.ts";
import { Strays } from "@/lib/ops/strays.ts";
import { type DiskBlobs, diskBlobs } from "@/lib/store/blobs_disk.ts";
import { keptSecret } from "@/lib/store/kept_secret.ts";
import type { StoreNews } from "@/lib/store/records.ts";
import { type OpenedLater, openLater } from "@/lib/store/records_open.ts";
import { Fault } from "@/lib/value/fault.ts";
import { type LivedTime, livedTime } from "./lived_time.ts";
import { memoryBudget, USUAL_MEMORY_BYTES } from "./memory_budget.ts";

/** The parts of a server, besides its app. */
export interface Server {
  /** Where the files that people send are kept. */
  readonly blobs: DiskBlobs;
  /** Records that outlive a restart. */
  readonly store: OpenedLater;
  /** Runs that outlive a crash, where `STORE` says so. */
  readonly journal: Journal | undefined;
  /** Users, logins and keys of guarded pages. */
  readonly accounts: Accounts;
  /** The engine that runs every demo. */
  readonly engine: Engine;
  /** Where handlers run that block or are not trusted. Nothing is started before the first of them is called. */
  readonly pools: Pools;
  /** Errors that nothing waits for. */
  readonly strays: Strays;
  /** Whether this server should be sent people: not while it stops, is blocked, or its data cannot be reached. */
  readonly health: Health;
  /** Its time. */
  readonly clock: Clock;
  /** The time by which what is kept expires. */
  readonly time: LivedTime;
  /** How many descriptors this process has open, as last reported by the launcher. */
  readonly descriptors: { open: number | undefined };
  /** Options of its guard. */
  readonly guard: GuardOptions;
}

/** A file of one byte takes a block of the disk, and its record another one. */
const FILE_BYTES = 8192;

const MOST_RECORDS = 8 * 2 ** 30;
const LEAST_RECORDS = 16 * 2 ** 20;
const MOST_SESSION_RECORDS = 128 * 2 ** 20;

/** Puts the parts of a server together as its settings say. Nothing listens yet. */
export async function assemble(settings: Settings): Promise<Server> {
  logAs(settings.log);
  const clock = systemClock;
  const time = livedTime({ path: join(settings.data, "clock"), wall: Date.now, monotonic: clock.now });
  const { now } = time;
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  // A store that refuses has said so by itself, once.
  const broke = (error: unknown) => isRefusal(error) ? error.message : report(error, settings);
  const metrics = settings.metrics ? new Metrics(clock) : undefined;
  // Loaded only where it is asked for.
  const traces = settings.traces ? new (await import("@/lib/ops/traces.ts")).Traces() : undefined;

  const budget = memoryBudget(settings.memoryBytes ?? USUAL_MEMORY_BYTES);
  limitBodies(budget.bodyBytes);

  const blobs = diskBlobs({
    root: settings.data,
    now,
    random,
    // Results of handlers keep the usual limit, even when uploads have a smaller one.
    maxBytes: Math.max(settings.maxUploadBytes, 2 ** 30),
    quotaBytes: settings.quotaBytes,
    quotaFiles: settings.quotaFiles,
    totalBytes: settings.diskBytes,
    fileBytes: FILE_BYTES,
    keepMs: settings.keepFilesMs,
  });
  const health = new Health({
    clock,
    check: async () => {
      await blobs.get("ready");
      await Deno.stat(settings.data);
      await store.opened()?.get(["server", "ready"]);
    },
    write: async () => {
      await blobs.probe();
      await store.opened()?.commit([{ type: "set", key: ["server", "ready"], value: now() }]);
    },
  });
  const told = ({ type, message }: StoreNews) => {
    const [level, event] = NEWS[type];
    log(level, event, { message });
    health.changed();
  };
  const url = settings.store ?? `sqlite:${settings.data}/atoll.db`;
  const maxBytes = settings.recordBytes ??
    (settings.store === undefined ? MOST_RECORDS : await mostRecords(url));
  const store = openLater(url, { now, told, maxBytes });
  const records = settings.store === undefined ? undefined : await store();
  const sessionBytes = settings.quotaRecordBytes ?? Math.min(maxBytes / 16, MOST_SESSION_RECORDS);
  const kept = records &&
    {
      store: new RecordQuota({ store: records, sessionBytes, broke }),
      now,
      after: clock.after,
      keepMs: settings.keepRunsMs,
      broke,
    };
  const journal = kept && new Journal(kept);
  const engine = new Engine({
    blobs,
    fileUrl: fileUrls(settings.filesOrigin),
    clock,
    random,
    secret: settings.secret ?? (records ? await keptSecret(records, random) : random(32)),
    journal,
    state: kept && new KeptState(kept),
    observer: observers(metrics, traces),
    concurrencyLimit: settings.concurrencyLimit,
    runMs: settings.runMs,
    queueSize: settings.queueSize,
    seats: settings.workers,
    sessionCapacity: settings.sessionCapacity,
    totalBytes: budget.stateBytes,
    sessionBytes: Math.min(16 * 2 ** 20, budget.stateBytes),
    logBytes: budget.logBytes,
    keptBytes: budget.keptBytes,
    broke,
  });
  const accounts = new Accounts({
    store,
    now,
    monotonic: clock.now,
    after: clock.after,
    random,
    dev: settings.dev,
    data: settings.data,
    broke,
    runs: () => engine.runsOfUsers(),
  });
  const start = settings.starter === undefined ? undefined : startThere(settings.starter);
  const pools = new Pools({ clock, size: settings.workers, report: broke, ...start && { start } });
  runRemotesBy(pools.runner);
  const strays = new Strays();
  const http = new HttpCounts();
  const place = {
    data: settings.data,
    store: settings.store?.slice("sqlite:".length),
    descriptors: () => descriptors.open,
  };
  const descriptors: Server["descriptors"] = { open: undefined };
  const seen = () => [...gauges(engine, health, strays), http.family(), ...placeOf(place)];
  const paths = serverPaths(health, metrics && (() => metrics.text(seen())));
  const guard: GuardOptions = {
    ...settings,
    leaving: () => health.draining,
    serverPaths: settings.dev ? withTypes(paths) : paths,
    watch: watches(
      settings.logRequests ? logRequests(clock.now) : undefined,
      metrics && (() => (status) => http.count(status)),
    ),
    around: around(
      traces && ((_, answer) => traces.gate(answer)),
      settings.filesOrigin === undefined
        ? undefined
        : filesOrigin(settings.filesOrigin, { blobs, ...settings }),
    ),
  };
  return { blobs, store, journal, accounts, engine, pools, strays, health, descriptors, clock, time, guard };
}

/** A quarter of the disk that the store lies on: files and the system need the rest. */
async function mostRecords(url: string): Promise<number> {
  const folder = dirname(resolve(url.replace(/^sqlite:/, "")));
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const { blocks, bsize } = await statfs(folder, { bigint: false });
    return Math.min(MOST_RECORDS, Math.max(LEAST_RECORDS, blocks * bsize / 4));
  } catch {
    // A folder that cannot be used is refused when the store is opened; the system may be asked by some only.
    return MOST_RECORDS;
  }
}

/** How the news of the store stand in the log. */
const NEWS = {
  failed: ["error", "store_failed"],
  well: ["info", "store_well"],
  lost: ["warn", "store_lost"],
} as const;

function isRefusal(error: unknown): error is Fault {
  return error instanceof Fault && (error.code === "no_space" || error.code === "offline");
}
