// deno-lint-ignore-file no-console -- the figure is what it prints
/**
 * The longest turn of the event loop that one request of 1 MB takes, in milliseconds, over components and bodies, for
 * `holding.ts`. In a process of its own: nothing else happens in it. `--list` prints the worst ten.
 */
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { setImmediate } from "node:timers";
import { Blocks, button, dataset, dropdown, html, json, label, markdown, on, textbox } from "atoll";
import { Engine, systemClock } from "@/lib/engine/engine.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { ROOM, texts, values } from "./large_bodies.ts";

const WORTH_A_SECOND_LOOK_MS = 20;
const LOOKS = 4;

const echo = (x: unknown) => x;
const many = Array.from({ length: 10_000 }, (_, i) => i);
const fields = {
  textbox: textbox(),
  markdown: markdown(),
  html: html(),
  json: json(),
  label: label(),
  dropdown: dropdown({ choices: many.map((i) => `c${i}`) }),
  dataset: dataset({ headers: ["a"], samples: many.map((i) => [i]) }),
};
// How a page sends text where the value is not text.
const wrapped: Readonly<Record<string, (text: string) => string>> = {
  markdown: (text) => `{"text":${text}}`,
  html: (text) => `{"html":${text}}`,
  label: (text) => `{"label":${text},"confidences":null}`,
};
// The longest that is taken.
const most: Readonly<Record<string, number>> = { markdown: 149_000, html: 49_000 };

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const blobs = memoryBlobs({ now: systemClock.now, random });
const engine = new Engine({ blobs, clock: systemClock, random, secret: random(32), broke: String });
const app = guarded(new App<AtollState>(), { names: [], dev: false })
  .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
  .use(hostPages({ engine, blobs, clock: systemClock, maxUploadBytes: 2 ** 20, dev: false }));
for (const [key, x] of Object.entries(fields)) {
  const page = Blocks({
    fields: { x: x as typeof fields.textbox, go: button("Go") },
    actions: ({ x, go }) => ({
      act: on(go.click, { inputs: x, outputs: x, fn: echo as (x: string) => string }),
    }),
  });
  app.route(`/${key}`, { component: page as never });
}
const handle = app.handler();
const session = engine.sessions.mint();

/** Answers a request and says how long the longest turn took meanwhile. */
async function longestTurn(ask: () => Request): Promise<number> {
  const request = ask();
  let [longest, last, over] = [0, performance.now(), false];
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(turn);
  };
  const next = () => new Promise<void>((resolve) => void setImmediate(resolve));
  turn();
  await next();
  longest = 0;
  await (await handle(request)).bytes();
  await next();
  over = true;
  return longest;
}

const found: { readonly name: string; readonly ms: number }[] = [];
async function measure(name: string, page: string, type: string, body: string): Promise<void> {
  const headers = { host: "127.0.0.1", "content-type": type };
  const ask = () => new Request(`http://127.0.0.1/${page}`, { method: "POST", headers, body });
  let ms = await longestTurn(ask);
  // What else the machine does makes it longer, never shorter.
  for (let look = 1; look < LOOKS && ms > WORTH_A_SECOND_LOOK_MS; look++) {
    ms = Math.min(ms, await longestTurn(ask));
  }
  found.push({ name: `${page}: ${name}`, ms });
}

// The session comes last: its signature may look like a number.
const event = (part: string) => `{"action":"act",${part},"session":"${session}"}`;
const native = (name: string, page: string, part: string) =>
  measure(name, page, "application/json", event(part));
const form = (name: string, page: string, text: string) => {
  const body = `$session=${encodeURIComponent(session)}&$run.act=&x=${text}`;
  return body.length > 2 ** 18
    ? undefined
    : measure(`form, ${name}`, page, "application/x-www-form-urlencoded", body);
};
const FORM_ROOM = 2 ** 18 - 600;
const encoder = new TextEncoder();

await native("warm", "textbox", '"input":{"x":"a"}');
for (const page of Object.keys(fields)) {
  for (const [name, make] of Object.entries(texts)) {
    let size = most[page] ?? ROOM;
    const bytes = encoder.encode(JSON.stringify(make(size))).length;
    if (bytes > ROOM) size = Math.floor(size * ROOM / bytes * 0.95);
    const text = JSON.stringify(make(size));
    await native(name, page, `"input":{"x":${wrapped[page]?.(text) ?? text}}`);
    const pieces = encodeURIComponent(make(1000)).length / 1000;
    await form(name, page, encodeURIComponent(make(Math.floor(FORM_ROOM / pieces * 0.95))));
  }
  for (const [name, make] of Object.entries(values)) {
    const value = make(ROOM - 100);
    await native(name, page, `"input":{"x":${value}}`);
    await native(`rest, ${name}`, page, `"rest":{"x":${value}}`);
    await form(name, page, make(FORM_ROOM));
  }
}
for (const [name, make] of Object.entries(values)) {
  const value = make(ROOM - 100);
  for (const part of ["input", "rest", "event", "id", "here", "anything"]) {
    await native(`${part}, ${name}`, "textbox", `"${part}":${value}`);
  }
}
found.sort((a, b) => b.ms - a.ms);
if (Deno.args.includes("--list")) {
  for (const { name, ms } of found.slice(0, 10)) console.log(ms.toFixed(1).padStart(8), name);
} else console.log(found[0]?.ms);
Deno.exit(0);
