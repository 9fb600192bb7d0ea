import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { type AtollState, hostPages } from "./host.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A page whose check never ends, and one event that carries something. */
function open() {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({ blobs, clock, random, secret: random(32), broke: (error) => String(error) });
  const page = Blocks({
    fields: { a: text(), go: push(), out: text() },
    actions: ({ a, go, out }) => ({
      act: on(go.click, { inputs: a, validate: () => new Promise<void>(() => {}), fn: () => {} }),
      pick: on(go.pick, { outputs: out, fn: (_, { event }) => `row ${event?.detail?.row}` }),
    }),
  });
  const handle = new App<AtollState>()
    .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
    .use(hostPages({ engine, blobs, clock, maxUploadBytes: 1, dev: false }))
    .route("/demo", { component: page as never }).handler();
  const post = async (init: RequestInit) =>
    await handle(new Request("http://127.0.0.1/demo", { method: "POST", ...init }));
  const event = async (body: object, signal?: AbortSignal) =>
    await post({
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session: engine.sessions.mint(), ...body }),
      ...signal ? { signal } : {},
    });
  return {
    engine,
    event,
    post,
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
    },
  };
}

for (const by of ["the native protocol", "a form"]) {
  Deno.test(`A check that was asked by ${by} is ended when its sender goes`, async () => {
    await using app = open();
    const sender = new AbortController();
    const { signal } = sender;
    const answer = by === "a form"
      ? app.post({
        body: new URLSearchParams({ $session: app.engine.sessions.mint(), "$run.act": "" }),
        signal,
      })
      : app.event({ action: "act", input: { a: "x" } }, signal);
    while (app.engine.load.busy === 0) await turn();
    sender.abort();
    const { status, body } = await answer;
    await body?.cancel();
    assert.equal(status, 499);
    assert.deepEqual([app.engine.load.busy, app.engine.load.runs], [0, 0]);
  });
}

Deno.test("An event of a body is checked by its schema: 422 with the field, 400 for what is no event", async () => {
  await using app = open();
  const ask = async (event: unknown) => {
    const answer = await app.event({ action: "pick", event });
    return [answer.status, await answer.text()] as const;
  };
  const [status, text] = await ask({ when: "go:pick", detail: { row: 3 } });
  assert.equal(status, 200);
  assert.match(text, /"row 3"/);
  const [refused, why] = await ask({ when: "go:pick", detail: { row: "3" } });
  assert.equal(refused, 422);
  assert.deepEqual(JSON.parse(why).error.field, "go");
  for (const event of [null, 3, "go:pick", [], {}, { when: 3 }, { detail: { row: 3 } }, { row: 3 }]) {
    assert.equal((await ask(event))[0], 400, JSON.stringify(event));
  }
  assert.match((await ask({ when: "go:click", detail: { row: 3 } }))[1], /"row undefined"/);
});
