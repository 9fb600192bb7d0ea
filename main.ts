import { App, csp, staticFiles } from "fresh";
import { runRemotesBy } from "@/lib/demo/remote.ts";
import { Engine, systemClock } from "@/lib/engine/engine.ts";
import { Pools } from "@/lib/engine/pool/mod.ts";
import { forPages, guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { report } from "@/lib/gate/reply.ts";
import { readSettings } from "@/lib/gate/settings.ts";
import { diskBlobs } from "@/lib/store/blobs_disk.ts";

const settings = readSettings((name) => Deno.env.get(name));
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const clock = systemClock;
/** Where the files that people send are kept. */
export const blobs = diskBlobs({ root: settings.data, now: Date.now, random });

/** The engine that runs every demo of this server. */
export const engine = new Engine({
  blobs,
  clock,
  random,
  secret: settings.secret ?? random(32),
  concurrencyLimit: settings.concurrencyLimit,
  broke: (error) => report(error, settings),
});

/** Where handlers run that block or are not trusted. Nothing is started before the first of them is called. */
export const pools = new Pools({ clock, report: (error) => report(error, settings) });
runRemotesBy(pools.runner);

/** The app: the guard outside, then files, policy, the host of demo pages, and the routes. */
export const app = guarded(new App<AtollState>(), settings)
  .use(staticFiles())
  .use(forPages(csp({ useNonce: true })))
  .use(hostPages({ engine, blobs, clock, ...settings }))
  .fsRoutes();
