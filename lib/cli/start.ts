import { onlyLeftovers } from "@/lib/gate/arrival.ts";
import { listDemos } from "@/lib/gate/gallery.ts";
import { logStyle, readSettings, type Settings } from "@/lib/gate/settings.ts";
import { captureConsole } from "@/lib/ops/console.ts";
import { tellHiddenEnv } from "@/lib/ops/hidden_env.ts";
import { log, logAs } from "@/lib/ops/log.ts";
import { headline, logError } from "@/lib/ops/log_error.ts";
import type { Server } from "@/lib/server/assemble.ts";
import { MOST_GAP_MS } from "@/lib/server/lived_time.ts";
import type { DiskBlobs } from "@/lib/store/blobs_disk.ts";
import { Fault } from "@/lib/value/fault.ts";
import { fail, failWith } from "./fail.ts";
import { goOn } from "./go_on.ts";
import { heldBy } from "./held.ts";
import { addressOf, cannotListen } from "./listen.ts";
import { Listener } from "./listener.ts";
import { refuseOldDeno } from "./needs.ts";
import { usersProblem } from "./users_check.ts";
import { stopOnSignals } from "./stop.ts";

/**
 * The production server of a build: the folder above holds all that it runs. `deno task start` (`launch.ts`) has
 * made the build and starts it, with `--held` and few rights; started by itself it has whatever rights it is given.
 * Ends with 0 after SIGTERM or SIGINT (`stop.ts`), with 1 and a sentence when it cannot start.
 */
const SWEEP_EVERY_MS = MOST_GAP_MS;
/** The rest of a body that was refused is waited for so long before its connection may be closed. */
const LINGER_MS = 2000;
const root = new URL("../../", import.meta.url);
const held = Deno.args.includes("--held");

refuseOldDeno("start");
const env = (name: string) => Deno.env.get(name);
let settings: Settings;
try {
  logAs(logStyle(env));
  settings = readSettings(env);
} catch (error) {
  failWith(error, env("ATOLL_DEV") === "1");
}
await serve(settings);

async function serve(settings: Settings): Promise<void> {
  captureConsole();
  tellHiddenEnv();
  try {
    // One after the other. If the script of the server comes first, it takes four times as long: Deno then reads all
    // routes before it
    // runs anything.
    const { server } = await import(new URL("main.ts", root).href) as { server: Server };
    const { default: app } = await import(new URL("_fresh/server.js", root).href) as {
      default: { fetch: Deno.ServeHandler };
    };
    server.strays.catch();
    server.health.watch();
    await claim(server.blobs, settings);
    server.time.note();
    // Before anybody can ask for them: runs that a crash cut off have come to an end, or wait for their pages.
    const pages = await server.engine.recover();
    const http = listen(settings, app.fetch);
    warnOfNoFront(settings);
    const problem = await usersProblem(settings.data);
    if (problem !== undefined) logError(problem, "users_unusable");
    if (pages.length > 0) void goOn(pages, server, app.fetch);
    keepSweeping(server, settings);
    stopOnSignals({ ...settings, ...server, http });
    // The launcher is gone: nobody would stop this process.
    if (held) {
      void heldBy({
        renew: () => void http.renew(),
        open: (count) => server.descriptors.open = count,
        gone: () => Deno.exit(1),
      });
    }
    // Last, so that a reader of this line can also stop it.
    log("info", "ready", { message: `Atoll is ready at ${addressOf(http.addr.hostname, http.addr.port)}` });
    // Names each file in routes/demos/ that is no demo in the log, and not only when somebody asks for it.
    void listDemos().catch((error) => logError(error, "gallery_error"));
  } catch (error) {
    failWith(error, settings.dev);
  }
}

async function claim(blobs: DiskBlobs, { data }: Settings): Promise<void> {
  try {
    await blobs.claim();
  } catch (error) {
    if (!(error instanceof Error) || error.message.startsWith("Cannot ")) throw error;
    throw new Error(`Cannot use ATOLL_DATA=${data}: ${error.message}`, { cause: error });
  }
}

function listen(settings: Settings, handler: Deno.ServeHandler): Listener {
  const { port, host } = settings;
  try {
    const onCut = (message: string) => log("warn", "connections_cut", { message });
    const onLost = (error: unknown) =>
      fail(`Cannot listen any more on HOST=${host} PORT=${port}: ${headline(error)}`);
    const leftovers = () => onlyLeftovers(LINGER_MS);
    return new Listener(
      { port, hostname: host, onListen: () => {}, onCut, onLost, onlyLeftovers: leftovers },
      handler,
    );
  } catch (error) {
    throw cannotListen(settings, error);
  }
}

// Deno's server has no time limit for a missing head: a proxy must set one.
function warnOfNoFront({ host, proxies, dev }: Settings): void {
  if (dev || proxies.length > 0 || /^(?:127\.|localhost$|\[?::1\]?$)/.test(host)) return;
  const message =
    "Nothing limits slow connections: before the internet reaches this server, put a proxy in front and name " +
    "it in ATOLL_PROXIES";
  log("warn", "no_front", { message });
}

function keepSweeping({ blobs, journal, time }: Server, { keepFilesMs }: Settings): void {
  const tried = (work: () => unknown) =>
    Promise.try(work).catch((error) => {
      // A store that refuses has said so by itself.
      if (!(error instanceof Fault)) logError(error, "sweep_error");
    });
  const sweep = () => {
    // Each by itself: on a full disk files are the room that the records wait for.
    for (const work of [() => time.note(), () => blobs.sweep(), () => journal?.sweep()]) tried(work);
  };
  sweep();
  // Short-lived data is removed soon.
  Deno.unrefTimer(setInterval(sweep, Math.min(SWEEP_EVERY_MS, Math.max(keepFilesMs, 1000))));
}
