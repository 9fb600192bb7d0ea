import { App, csp, staticFiles } from "fresh";
import { Accounts } from "@/lib/accounts/accounts.ts";
import { runRemotesBy } from "@/lib/demo/remote.ts";
import { Engine, systemClock } from "@/lib/engine/engine.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { KeptState } from "@/lib/engine/kept_state.ts";
import { Pools } from "@/lib/engine/pool/mod.ts";
import { around, logRequests } from "@/lib/gate/around.ts";
import { filePolicy, filesOrigin, fileUrls } from "@/lib/gate/files_origin.ts";
import { forPages, guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { report } from "@/lib/gate/reply.ts";
import { serverPaths } from "@/lib/gate/server_paths.ts";
import { readSettings } from "@/lib/gate/settings.ts";
import { gauges } from "@/lib/ops/gauges.ts";
import { Health } from "@/lib/ops/health.ts";
import { logAs } from "@/lib/ops/log.ts";
import { Metrics } from "@/lib/ops/metrics.ts";
import { observers } from "@/lib/ops/observers.ts";
import { Strays } from "@/lib/ops/strays.ts";
import { keptSecret } from "@/lib/store/kept_secret.ts";
import { diskBlobs } from "@/lib/store/blobs_disk.ts";
import { openLater } from "@/lib/store/records_open.ts";

const settings = readSettings((name) => Deno.env.get(name));
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const clock = systemClock;
logAs(settings.log);
const metrics = settings.metrics ? new Metrics(clock) : undefined;
// Loaded only where it is asked for.
const traces = settings.traces ? new (await import("@/lib/ops/traces.ts")).Traces() : undefined;

/** Where the files that people send are kept. */
export const blobs = diskBlobs({
  root: settings.data,
  now: Date.now,
  random,
  // What handlers give is held to no less than the usual, however little people may send.
  maxBytes: Math.max(settings.maxUploadBytes, 2 ** 30),
  quotaBytes: settings.quotaBytes,
  quotaFiles: settings.quotaFiles,
  totalBytes: settings.diskBytes,
  keepMs: settings.keepFilesMs,
});

/** Records that outlive a restart. */
export const store = openLater(settings.store ?? `sqlite:${settings.data}/atoll.db`);

/** Runs that outlive a crash, where `STORE` says so. */
export const journal = settings.store === undefined ? undefined : new Journal({
  store: await store(),
  now: Date.now,
  after: clock.after,
  keepMs: settings.keepRunsMs,
  broke: (error) => report(error, settings),
});

/** Who may log in where pages are guarded, and who has. */
const accounts = new Accounts({ store, now: Date.now, monotonic: clock.now, random, dev: settings.dev });

/** The engine that runs every demo of this server. */
export const engine = new Engine({
  blobs,
  fileUrl: fileUrls(settings.filesOrigin),
  clock,
  random,
  secret: settings.secret ?? (journal ? await keptSecret(await store(), random) : random(32)),
  journal,
  state: journal && new KeptState({
    store: await store(),
    now: Date.now,
    keepMs: settings.keepRunsMs,
    broke: (error) => report(error, settings),
  }),
  observer: observers(metrics, traces),
  concurrencyLimit: settings.concurrencyLimit,
  queueSize: settings.queueSize,
  seats: settings.workers,
  sessionCapacity: settings.sessionCapacity,
  broke: (error) => report(error, settings),
});

/** Where handlers run that block or are not trusted. Nothing is started before the first of them is called. */
export const pools = new Pools({ clock, size: settings.workers, report: (error) => report(error, settings) });
runRemotesBy(pools.runner);

/** Errors that nothing waits for. */
export const strays = new Strays();

/** Whether this server should be sent people: not while it stops, is blocked, or its data cannot be reached. */
export const health = new Health({
  clock,
  check: async () => {
    await blobs.get("ready");
    await Deno.stat(settings.data);
    if (journal) await (await store()).get(["ready"]);
  },
});

/** The app: the guard outside, then files, policy, the host of demo pages, and the routes. */
export const app = guarded(new App<AtollState>(), {
  ...settings,
  serverPaths: serverPaths(health, metrics && (() => metrics.text(gauges(engine, health, strays)))),
  around: around(
    settings.logRequests ? logRequests(clock.now) : undefined,
    traces && ((_, answer) => traces.gate(answer)),
    settings.filesOrigin === undefined
      ? undefined
      : filesOrigin(settings.filesOrigin, { blobs, ...settings }),
  ),
})
  .use(staticFiles())
  .use(forPages(csp({ useNonce: true, csp: filePolicy(settings.filesOrigin) })))
  .use(hostPages({ engine, blobs, clock, accounts, ...settings }))
  .fsRoutes();
