import { launch } from "@/tests/browser.ts";
import { firstPress, type Press, pressMany, visit } from "./browser.ts";
import { type Answer, get, message } from "./connection.ts";
import { load } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, site, temporary } from "./programs.ts";
import type { Server } from "./server.ts";
import { weigh } from "./weight.ts";

const KB = 1024;
const twin: Press = { button: "#go", out: "#out" };
const greeter: Press = { button: "#submit", out: "#greeting" };

/** What pages weigh, once they are loaded. */
export async function weight(put: Put): Promise<void> {
  await using ours = await site();
  await using bare = await floor("hello");
  await using chromium = await launch();
  const page = await visit(chromium, `${ours.base}/demos/greeter`, "local");
  const other = await visit(chromium, bare.base, "local");
  put("greeter.script", page.scriptBytes / KB, other.scriptBytes / KB);
  put("greeter.bytes", page.allBytes / KB, other.allBytes / KB);
  put("greeter.requests", page.requests, other.requests);
  const gallery = await weigh(ours.base, "/");
  put("gallery.script", (gallery.scriptBytes + gallery.scriptElements) / KB, 0);
}

/** A demo over a slow line, seen by somebody impatient. */
export async function slowGreeter(put: Put, { visits }: Effort): Promise<void> {
  await using ours = await site();
  await using bare = await floor("hello");
  await using chromium = await launch();
  const page = `${ours.base}/demos/greeter`;
  for (let i = 0; i < visits; i++) {
    const [a, b] = [await visit(chromium, page, "slow"), await visit(chromium, bare.base, "slow")];
    put("greeter.slow.lcp", a.lcpMs, b.lcpMs);
    put("greeter.slow.blocking", a.blockingMs, b.blockingMs);
    const pressed = await firstPress(chromium, page, "slow", greeter);
    put("greeter.slow.press", pressed, await firstPress(chromium, bare.base, "slow", twin));
  }
}

/** A page of 200 live fields over a slow line. */
export async function many200(put: Put, { visits }: Effort): Promise<void> {
  await using ours = await app("many200");
  await using bare = await floor("many200");
  await using chromium = await launch();
  for (let i = 0; i < visits; i++) {
    const blocking = (await visit(chromium, ours.base, "slow")).blockingMs;
    put("many200.slow.blocking", blocking, (await visit(chromium, bare.base, "slow")).blockingMs);
    const pressed = await firstPress(chromium, ours.base, "slow", twin);
    put("many200.slow.press", pressed, await firstPress(chromium, bare.base, "slow", twin));
  }
}

/** A page of 1,000 live fields: to draw it, and to bring it to life. */
export async function many1000(put: Put, { visits, loads, seconds }: Effort): Promise<void> {
  await using ours = await app("many1000");
  await using folder = await temporary();
  await Deno.writeFile(`${folder.path}/page`, (await get(ours.base, "/")).body);
  await using bare = await floor("many1000", { env: { FLOOR_BYTES: `${folder.path}/page` } });
  for (let i = 0; i < loads; i++) {
    put("many1000.render", await pageMicros(ours, "/", seconds), await pageMicros(bare, "/same", seconds));
  }
  await using chromium = await launch();
  for (let i = 0; i < visits; i++) {
    const blocking = (await visit(chromium, ours.base, "local")).blockingMs;
    put("many1000.blocking", blocking, (await visit(chromium, bare.base, "local")).blockingMs);
    const pressed = await firstPress(chromium, ours.base, "local", twin);
    put("many1000.press", pressed, await firstPress(chromium, bare.base, "local", twin));
  }
}

/** From a press to the changed page, again and again. */
export async function pressing(put: Put, { visits, presses }: Effort): Promise<void> {
  await using ours = await app("hello");
  await using bare = await floor("hello");
  await using chromium = await launch();
  for (let i = 0; i < visits; i++) {
    const took = await pressMany(chromium, ours.base, twin, presses);
    put("press", took, await pressMany(chromium, bare.base, twin, presses));
  }
}

/** The server's work for a page. */
export async function pageCpu(put: Put, { loads, seconds }: Effort): Promise<void> {
  await using ours = await site();
  await using folder = await temporary();
  const { body } = await get(ours.base, "/demos/greeter");
  await Deno.writeFile(`${folder.path}/page`, body);
  await using bare = await floor("hello", { env: { FLOOR_BYTES: `${folder.path}/page` } });
  for (let i = 0; i < loads; i++) {
    const micros = await pageMicros(ours, "/demos/greeter", seconds);
    put("page.cpu", micros, await pageMicros(bare, "/same", seconds));
  }
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
