// deno-lint-ignore-file no-console -- a command talks to whoever started it
import { readSettings, type Settings } from "@/lib/gate/settings.ts";
import type { Blobs } from "@/lib/store/port.ts";

/**
 * `deno task start`: builds when something changed since the last build, then serves production.
 * Ends with 0 within five seconds of SIGTERM or SIGINT, with 1 and a sentence when it cannot start.
 */
const NEEDS = "2.9.0";
const STOP_WITHIN_MS = 3000;
const SWEEP_EVERY_MS = 10 * 60_000;
const root = new URL("../../", import.meta.url);
const SOURCES = [
  "deno.json",
  "main.ts",
  "dev.ts",
  "routes",
  "islands",
  "components",
  "lib",
  "static",
  "links",
];

if (older(Deno.version.deno, NEEDS)) {
  fail(`Atoll needs Deno ${NEEDS} or newer, this is ${Deno.version.deno}. Try: npx -y deno@2.9.6 task start`);
}
let settings: Settings;
try {
  settings = readSettings((name) => Deno.env.get(name));
} catch (error) {
  fail((error as Error).message);
}
const built = new URL("_fresh/server.js", root);
if (await changedSince(built)) await build();
await serve(settings);

interface Main {
  readonly blobs: Blobs;
  readonly engine: { close(): void };
  readonly pools: { close(): Promise<void> };
}

async function serve({ port, host }: Settings): Promise<void> {
  // One after the other: asked for first, the server's script takes four times as long, because Deno then looks through
  // all routes before it runs anything.
  const main = await import(new URL("main.ts", root).href) as Main;
  const { default: server } = await import(built.href) as { default: { fetch: Deno.ServeHandler } };
  let http: Deno.HttpServer;
  try {
    http = Deno.serve({
      port,
      hostname: host,
      onListen: ({ hostname, port }) => {
        const name = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
        console.log(`Atoll is ready at http://${name.includes(":") ? `[${name}]` : name}:${port}/`);
      },
    }, server.fetch);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      fail(`Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} deno task start`);
    }
    throw error;
  }
  const sweep = () =>
    main.blobs.sweep().catch((error) => console.error("Expired files could not be removed:", error));
  sweep();
  Deno.unrefTimer(setInterval(sweep, SWEEP_EVERY_MS));
  // An error that nothing waits for must not end the server for everybody.
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    console.error("An error that nothing waited for:", event.reason);
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // Streams end with their last frame; only then does shutdown() come to an end by itself.
    main.engine.close();
    const over = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS));
    await Promise.race([Promise.all([http.shutdown(), main.pools.close()]), over]);
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
}

async function build(): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "dev.ts", "build"],
    cwd: root,
    stdout: "null",
  }).output().then(async (output) => {
    if (output.code !== 0) await Deno.stderr.write(output.stderr);
    return output;
  });
  if (code !== 0) fail("The build failed, so nothing was started. What went wrong is above");
}

async function changedSince(file: URL): Promise<boolean> {
  const builtMs = (await Deno.stat(file).catch(() => undefined))?.mtime?.getTime();
  if (builtMs === undefined) return true;
  for (const source of SOURCES) {
    if (await newest(new URL(source, root)) > builtMs) return true;
  }
  return false;
}

async function newest(path: URL): Promise<number> {
  const stat = await Deno.stat(path).catch(() => undefined);
  if (!stat) return 0;
  let ms = stat.mtime?.getTime() ?? 0;
  if (!stat.isDirectory) return ms;
  for await (const entry of Deno.readDir(path)) {
    if (entry.name === "node_modules" || entry.name.startsWith(".") || entry.name.includes("_test.")) {
      continue;
    }
    ms = Math.max(ms, await newest(new URL(`${path.href}/${encodeURIComponent(entry.name)}`)));
  }
  return ms;
}

function older(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map((part) => parseInt(part)));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(1);
}
