import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";
import { launch } from "@/tests/browser.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

/** A site of somebody else, under two names: what one is to ours is cross-site, the other same-site. */
interface OtherSite extends AsyncDisposable {
  readonly crossSite: string;
  readonly sameSite: string;
}

function otherSite(): OtherSite {
  const page = () =>
    new Response("<!doctype html><title>x</title>", { headers: { "content-type": "text/html" } });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, page);
  const { port } = server.addr;
  return {
    crossSite: `http://localhost:${port}`,
    sameSite: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** What a page of another site tries, and whether it got what it wanted. */
interface Attempts {
  readonly read: boolean;
  readonly readFile: boolean;
  readonly event: boolean;
  readonly stream: boolean;
  readonly socket: boolean;
  readonly picture: boolean;
  readonly script: boolean;
}

// In the page of the other site. `blind` are writes whose answer it cannot see.
async function attempt({ base, file, session, script }: Target): Promise<Attempts> {
  const page = `${base}/demos/greeter`;
  const call = JSON.stringify({ action: "predict", input: { name: "Ada", volume: 1 }, session });
  const happens = <T extends EventTarget>(target: T, good: string) =>
    new Promise<boolean>((resolve) => {
      target.addEventListener(good, () => resolve(true));
      target.addEventListener("error", () => resolve(false));
    });
  const got = (promise: Promise<Response>, text: RegExp) =>
    promise.then(async (answer) => text.test(await answer.text()), () => false);
  const read = await got(fetch(page), /Greeter/);
  const readFile = await got(fetch(file), /PNG/);
  const event = await got(
    fetch(page, { method: "POST", headers: { "content-type": "application/json" }, body: call }),
    /Hello, Ada!/,
  );
  for (const body of [call, new URLSearchParams({ "$run.predict": "", "$session": session, name: "Ada" })]) {
    // Whether the answer is kept from it too is not the point: the server's log says what came of it.
    await fetch(page, { method: "POST", mode: "no-cors", credentials: "include", body }).catch(() => {});
  }
  const form = document.createElement("form");
  const frame = document.createElement("iframe");
  frame.name = form.target = "answer";
  Object.assign(form, { method: "post", action: page, enctype: "multipart/form-data" });
  for (const [name, value] of [["$session", session], ["$run.predict", ""], ["name", "Ada"]] as const) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(frame, form);
  const sent = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  form.submit();
  await sent;
  const source = new EventSource(page);
  const stream = await happens(source, "open");
  source.close();
  const socket = await happens(new WebSocket(page.replace("http", "ws")), "open");
  const image = new Image();
  const shown = happens(image, "load");
  image.src = file;
  const element = document.createElement("script");
  const run = happens(element, "load");
  element.src = script;
  document.head.append(element);
  return { read, readFile, event, stream, socket, picture: await shown, script: await run };
}

interface Target {
  readonly base: string;
  readonly file: string;
  readonly session: string;
  readonly script: string;
}

async function targetOf({ base }: TestServer): Promise<Target> {
  const html = await (await fetch(`${base}/demos/greeter`)).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
  const script = /from ?"(\/[^"]+\.js)"/.exec(html)?.[1];
  assert.ok(session && script, "the page names no session or no script");
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const sent = await fetch(`${base}/demos/greeter/files`, {
    method: "POST",
    headers: { "atoll-session": session, "atoll-name": "a.png" },
    body: Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0)),
  });
  const ref = await sent.json() as { url: string };
  assert.equal((await fetch(base + ref.url).then((answer) => answer.bytes())).length > 50, true);
  return { base, file: base + ref.url, session, script: base + script };
}

/** Status of every request to the greeter by POST that the server has answered since. */
function writes(server: TestServer, from: number): number[] {
  return server.output().slice(from).split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  )
    .filter(({ event, method }) => event === "request" && method === "POST").map(({ status }) => status);
}

/** Puts an address into a frame and gives the frame if it is there, not what the browser shows in its place. */
async function framed(page: Page, url: string): Promise<Frame | undefined> {
  const element = await page.evaluateHandle(async (url) => {
    const frame = document.createElement("iframe");
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    frame.src = url;
    document.body.append(frame);
    await loaded;
    return frame;
  }, url);
  const frame = await element.contentFrame();
  return frame?.url() === url ? frame : undefined;
}

const nothing: Attempts = {
  read: false,
  readFile: false,
  event: false,
  stream: false,
  socket: false,
  picture: false,
  script: false,
};

Deno.test("A page of another site reads, writes, hears and shows nothing of ours", async (t) => {
  await using server = await startServer({ ATOLL_LOG: "json", ATOLL_LOG_REQUESTS: "1" });
  await using other = otherSite();
  const target = await targetOf(server);
  const browser = await launch();
  try {
    for (const origin of [other.crossSite, other.sameSite]) {
      await t.step(
        origin === other.crossSite ? "of another site" : "of another port of the same host",
        async () => {
          const page = await browser.newPage();
          await page.goto(origin);
          const from = server.output().length;
          assert.deepEqual(await page.evaluate(attempt, target), nothing);
          assert.equal(await framed(page, `${server.base}/demos/greeter`), undefined);
          assert.equal(await framed(page, target.file), undefined);
          // Two without CORS and one form; what needed a preflight was never sent.
          assert.deepEqual(writes(server, from), [403, 403, 403]);
          await page.close();
        },
      );
    }
    await t.step("and our own page does all of it", async () => {
      const page = await browser.newPage();
      await page.goto(`${server.base}/demos/greeter`);
      await page.fill("#name", "Ada");
      await page.click("#submit");
      await page.waitForFunction(() =>
        (document.getElementById("greeting") as HTMLInputElement).value !== ""
      );
      await page.close();
    });
  } finally {
    await browser.close();
  }
});

Deno.test("A page of a site that the settings name may read, write and frame; others still may not", async () => {
  await using other = otherSite();
  await using server = await startServer({
    ATOLL_LOG: "json",
    ATOLL_LOG_REQUESTS: "1",
    ATOLL_CORS: other.crossSite,
    ATOLL_EMBED: other.crossSite,
  });
  const target = await targetOf(server);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(other.crossSite);
    const got = await page.evaluate(attempt, target);
    assert.deepEqual([got.read, got.event, got.readFile], [true, true, true]);
    assert.deepEqual(
      [got.socket, got.picture, got.script],
      [false, false, false],
      "what asks without naming itself",
    );
    const frame = await framed(page, `${server.base}/demos/greeter`);
    await frame?.fill("#name", "Ada");
    await frame?.click("#submit");
    await frame?.waitForFunction(() =>
      (document.getElementById("greeting") as HTMLInputElement).value !== ""
    );
    assert.equal(await frame?.inputValue("#greeting"), "Hello, Ada!");
    await page.close();

    const stranger = await browser.newPage();
    await stranger.goto(other.sameSite);
    assert.deepEqual(await stranger.evaluate(attempt, target), nothing);
    assert.equal(await framed(stranger, `${server.base}/demos/greeter`), undefined);
  } finally {
    await browser.close();
  }
});
