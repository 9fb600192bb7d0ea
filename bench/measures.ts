import type { Browser } from "playwright-core";
import { firstPress, type Press, pressMany, visit } from "./browser.ts";
import { launch } from "@/tests/browser.ts";
import { type Answer, Connection, get, message } from "./connection.ts";
import type { FigureName } from "./figures.ts";
import { load, sleep } from "./load.ts";
import { forgetPeak, memory, type Server, start, type StartOptions } from "./server.ts";
import { weigh } from "./weight.ts";

/** How thoroughly to measure. */
export interface Effort {
  /** Repetitions of pages in a browser, of load, of starts. */
  readonly visits: number;
  readonly loads: number;
  readonly starts: number;
  /** Length of one load. */
  readonly seconds: number;
  readonly presses: number;
}

/** Puts down one repetition of a figure, of ours and of the bare program. */
export type Put = (name: FigureName, value: number, floor?: number) => void;

/** One part of the bench: the figures that share their servers. */
export interface Part {
  readonly name: string;
  readonly measure: (put: Put, effort: Effort) => Promise<void>;
}

const root = new URL("../", import.meta.url);
const KB = 1024;
const MB = KB * KB;
const UPLOAD_BYTES = 300 * 1000 * 1000;
const decoder = new TextDecoder();
const twin: Press = { button: "#go", out: "#out" };
const greeter: Press = { button: "#submit", out: "#greeting" };

/** The parts, in the order they are measured: what notices a busy machine least comes last. */
export const parts: readonly Part[] = [
  { name: "weight", measure: weight },
  { name: "greeter", measure: slowGreeter },
  { name: "many200", measure: many200 },
  { name: "many1000", measure: many1000 },
  { name: "press", measure: pressing },
  { name: "page", measure: pageCpu },
  { name: "event", measure: events },
  { name: "upload", measure: uploads },
  { name: "start", measure: starts },
  { name: "build", measure: builds },
];

/** Builds the site and the measured apps, so that no measurement has to. */
export async function prepare(): Promise<void> {
  await run(["dev.ts", "build"]);
  await run(["bench/build.ts"]);
}

async function weight(put: Put): Promise<void> {
  await using ours = await site();
  await using bare = await floor("hello");
  await using chromium = await browser();
  const page = await visit(chromium, `${ours.base}/demos/greeter`, "local");
  const other = await visit(chromium, bare.base, "local");
  put("greeter.script", page.scriptBytes / KB, other.scriptBytes / KB);
  put("greeter.bytes", page.allBytes / KB, other.allBytes / KB);
  put("greeter.requests", page.requests, other.requests);
  const gallery = await weigh(ours.base, "/");
  put("gallery.script", (gallery.scriptBytes + gallery.scriptElements) / KB, 0);
}

async function slowGreeter(put: Put, { visits }: Effort): Promise<void> {
  await using ours = await site();
  await using bare = await floor("hello");
  await using chromium = await browser();
  const page = `${ours.base}/demos/greeter`;
  for (let i = 0; i < visits; i++) {
    const [a, b] = [await visit(chromium, page, "slow"), await visit(chromium, bare.base, "slow")];
    put("greeter.slow.lcp", a.lcpMs, b.lcpMs);
    put("greeter.slow.blocking", a.blockingMs, b.blockingMs);
    const pressed = await firstPress(chromium, page, "slow", greeter);
    put("greeter.slow.press", pressed, await firstPress(chromium, bare.base, "slow", twin));
  }
}

async function many200(put: Put, { visits }: Effort): Promise<void> {
  await using ours = await app("many200");
  await using bare = await floor("many200");
  await using chromium = await browser();
  for (let i = 0; i < visits; i++) {
    const blocking = (await visit(chromium, ours.base, "slow")).blockingMs;
    put("many200.slow.blocking", blocking, (await visit(chromium, bare.base, "slow")).blockingMs);
    const pressed = await firstPress(chromium, ours.base, "slow", twin);
    put("many200.slow.press", pressed, await firstPress(chromium, bare.base, "slow", twin));
  }
}

async function many1000(put: Put, { visits, loads, seconds }: Effort): Promise<void> {
  await using ours = await app("many1000");
  await using folder = await temporary();
  await Deno.writeFile(`${folder.path}/page`, (await get(ours.base, "/")).body);
  await using bare = await floor("many1000", { FLOOR_BYTES: `${folder.path}/page` });
  for (let i = 0; i < loads; i++) {
    put("many1000.render", await pageMicros(ours, "/", seconds), await pageMicros(bare, "/same", seconds));
  }
  await using chromium = await browser();
  for (let i = 0; i < visits; i++) {
    const blocking = (await visit(chromium, ours.base, "local")).blockingMs;
    put("many1000.blocking", blocking, (await visit(chromium, bare.base, "local")).blockingMs);
    const pressed = await firstPress(chromium, ours.base, "local", twin);
    put("many1000.press", pressed, await firstPress(chromium, bare.base, "local", twin));
  }
}

async function pressing(put: Put, { visits, presses }: Effort): Promise<void> {
  await using ours = await app("hello");
  await using bare = await floor("hello");
  await using chromium = await browser();
  for (let i = 0; i < visits; i++) {
    const took = await pressMany(chromium, ours.base, twin, presses);
    put("press", took, await pressMany(chromium, bare.base, twin, presses));
  }
}

async function pageCpu(put: Put, { loads, seconds }: Effort): Promise<void> {
  await using ours = await site();
  await using folder = await temporary();
  const { body } = await get(ours.base, "/demos/greeter");
  await Deno.writeFile(`${folder.path}/page`, body);
  await using bare = await floor("hello", { FLOOR_BYTES: `${folder.path}/page` });
  for (let i = 0; i < loads; i++) {
    const micros = await pageMicros(ours, "/demos/greeter", seconds);
    put("page.cpu", micros, await pageMicros(bare, "/same", seconds));
  }
}

async function events(put: Put, { loads, seconds }: Effort): Promise<void> {
  await using ours = await app("echo");
  await using folder = await temporary();
  const session = sessionIn(await get(ours.base, "/"));
  const body = JSON.stringify({ action: "echo", input: { x: "Hello" }, session });
  const event = message(ours.base, "POST", "/", { body });
  {
    using connection = await Connection.open(ours.base);
    const answer = await connection.send(event);
    checkFrames(answer);
    await Deno.writeFile(`${folder.path}/frames`, answer.body);
  }
  await using bare = await floor("hello", { FLOOR_FRAMES: `${folder.path}/frames` });
  const same = message(bare.base, "POST", "/frames", { body });
  const options = { connections: 50, seconds, check: checkFrames };
  for (let i = 0; i < loads; i++) {
    const [a, b] = [
      await load(ours, { message: event, ...options }),
      await load(bare, { message: same, ...options }),
    ];
    put("event.cpu", a.cpuMicros, b.cpuMicros);
    put("event.rate", a.perSecond, b.perSecond);
    put("event.share", a.perSecond, b.perSecond);
  }
}

async function uploads(put: Put, { starts }: Effort): Promise<void> {
  await using folder = await temporary();
  for (let i = 0; i < Math.min(starts, 3); i++) {
    await using ours = await app("hello", { ATOLL_DATA: folder.path });
    await using bare = await floor("hello", { FLOOR_DATA: folder.path });
    const session = sessionIn(await get(ours.base, "/"));
    const headers = { "atoll-session": session, "atoll-name": "big.bin" };
    // A small one first: what is only loaded for the first upload is not what the size costs.
    for (const [server, own] of [[ours, headers], [bare, {}]] as const) await uploadExtra(server, own, MB);
    const extra = await uploadExtra(ours, headers, UPLOAD_BYTES);
    put("upload", extra / MB, await uploadExtra(bare, {}, UPLOAD_BYTES) / MB);
  }
}

async function starts(put: Put, { starts }: Effort): Promise<void> {
  for (let i = 0; i < starts; i++) {
    const ours = await site();
    await ours[Symbol.asyncDispose]();
    const bare = await floor("hello");
    await bare[Symbol.asyncDispose]();
    put("start", ours.startMs, bare.startMs);
  }
}

async function builds(put: Put, { starts }: Effort): Promise<void> {
  for (let i = 0; i < Math.min(starts, 3); i++) {
    const started = performance.now();
    await run(["dev.ts", "build"]);
    put("build", performance.now() - started);
  }
}

/** Starts the project's own server as `deno task start` does. */
async function site(): Promise<Server> {
  const folder = await temporary();
  const options = { args: ["lib/cli/start.ts"], env: { ATOLL_DATA: folder.path }, ready: "/demos/greeter" };
  return also(await start(options), folder);
}

async function app(name: string, env: Record<string, string> = {}): Promise<Server> {
  const folder = await temporary();
  const options: StartOptions = {
    args: ["bench/app.ts", "--built", name, "{port}"],
    env: { ATOLL_DATA: folder.path, ...env },
  };
  return also(await start(options), folder);
}

async function floor(name: string, env: Record<string, string> = {}): Promise<Server> {
  return await start({ args: ["bench/floor.ts", name, "{port}"], env });
}

function also(server: Server, more: AsyncDisposable): Server {
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await more[Symbol.asyncDispose]();
    },
  };
}

async function browser(): Promise<Browser> {
  return await launch();
}

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "atoll-bench-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function run(args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...args],
    cwd: root,
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${args.join(" ")} failed`);
}

async function pageMicros(server: Server, path: string, seconds: number): Promise<number> {
  const check = ({ status, body }: Answer) => {
    if (status !== 200 || body.length < 1000) {
      throw new Error(`Cannot measure ${path}: it was answered with ${status}`);
    }
  };
  const request = message(server.base, "GET", path, { headers: { accept: "text/html" } });
  return (await load(server, { message: request, connections: 4, seconds, check })).cpuMicros;
}

function checkFrames({ status, body }: Answer): void {
  if (status === 200 && decoder.decode(body).includes('"Hello"')) return;
  throw new Error(
    `Cannot measure events: one was answered with ${status}: ${decoder.decode(body).slice(0, 200)}`,
  );
}

function sessionIn(page: Answer): string {
  const session = /name="\$session" value="([^"]+)"/.exec(decoder.decode(page.body))?.[1];
  if (session === undefined) throw new Error("Cannot find the session of a page");
  return session;
}

// The most memory while a body arrives, less what the server had before.
async function uploadExtra(
  { base, pid }: Server,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<number> {
  using connection = await Connection.open(base);
  await sleep(300);
  const before = memory(pid).now;
  forgetPeak(pid);
  await connection.write(message(base, "POST", "/files", {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(bytes),
      ...headers,
    },
  }));
  const chunk = crypto.getRandomValues(new Uint8Array(64 * KB));
  for (let left = bytes; left > 0; left -= chunk.length) {
    await connection.write(chunk.subarray(0, Math.min(left, chunk.length)));
  }
  const { status, body } = await connection.answer();
  const size = status === 200 ? (JSON.parse(decoder.decode(body)) as { size: number }).size : 0;
  if (size !== bytes) {
    throw new Error(`Cannot measure an upload: it was answered with ${status}, ${size} bytes`);
  }
  return memory(pid).peak - before;
}
