import { App, csp, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { Accounts } from "@/lib/accounts/accounts.ts";
import { type Clock, Engine, systemClock } from "@/lib/engine/engine.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { openLater } from "@/lib/store/records_open.ts";
import { stylePlugin } from "@/lib/style/plugin.ts";

/** Pages of a test, served by this process as the project's own are in production. */
export interface Served extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  readonly engine: Engine;
}

const root = new URL("../", import.meta.url);

// Upstream's builder leaves its bundler running after a build in memory. Started here it is no test's own.
Deno.test.beforeAll(async () => {
  await new Builder({ root: root.href, routeDir: "static", islandDir: "static" }).build({
    snapshot: "memory",
  });
});

/** Builds the routes of a folder, a path from the project's root, and serves them on a free port of 127.0.0.1. */
export async function serveRoutes(routeDir: string): Promise<Served> {
  const builder = new Builder({ root: root.href, routeDir, target: "es2022" });
  stylePlugin(builder, root);
  const apply = await builder.build({ snapshot: "memory" });
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: Date.now, random });
  const clock = endingClock();
  const engine = new Engine({
    blobs,
    clock,
    random,
    secret: random(32),
    broke: (error) => String(error),
  });
  const accounts = new Accounts({
    store: openLater("memory:"),
    now: Date.now,
    monotonic: systemClock.now,
    after: systemClock.after,
    random,
    dev: false,
    runs: () => engine.runsOfUsers(),
  });
  const app = guarded(new App<AtollState>(), { names: [], dev: false })
    .use(staticFiles())
    .use(csp({ useNonce: true }))
    .use(hostPages({ engine, blobs, accounts, clock, maxUploadBytes: 2 ** 21, dev: false }))
    .fsRoutes();
  apply(app);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());
  return {
    base: `http://127.0.0.1:${server.addr.port}`,
    engine,
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await server.shutdown();
      clock[Symbol.dispose]();
      await blobs[Symbol.asyncDispose]();
    },
  };
}

/** The time of the machine, until it is disposed of: what a page says while it is closed may start timers late. */
function endingClock(): Clock & Disposable {
  const timers = new Set<Disposable>();
  return {
    now: systemClock.now,
    after(ms, callback) {
      const timer = systemClock.after(ms, () => {
        timers.delete(timer);
        callback();
      });
      timers.add(timer);
      return {
        [Symbol.dispose]: () => {
          timers.delete(timer);
          timer[Symbol.dispose]();
        },
      };
    },
    [Symbol.dispose]: () => {
      for (const timer of timers) timer[Symbol.dispose]();
    },
  };
}
