import assert from "node:assert/strict";
import { type ActionSpec, on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { remote } from "@/lib/demo/remote.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { Slot } from "@/lib/value/field.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { Run } from "./run.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));
const MINUTE_MS = 60_000;
const never = () => new Promise<string>(() => {});

function demo(more: Partial<ActionSpec<Slot, Slot>> = {}) {
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      act: on(go.click, { inputs: a, outputs: out, fn: never, ...more } as ActionSpec<Slot, Slot>),
    }),
  });
  return page;
}

const failure = (run: Run) => run.log.find(({ type }) => type === "failed") as FrameBody & { type: "failed" };

const ENDLESS = {
  "a handler that never resolves": never,
  "a generator that never ends": async function* () {
    for (;;) yield await new Promise<string>((resolve) => setTimeout(resolve, 0, "x"));
  },
  "a generator that waits for ever": async function* () {
    yield "x";
    await never();
  },
};

for (const [what, fn] of Object.entries(ENDLESS)) {
  Deno.test(`${what} is stopped after a minute, though it is read, and gives its place back`, async () => {
    await using app = openDemo(demo({ fn: fn as never }), { concurrencyLimit: 1 });
    const run = app.submit("act");
    using _reader = app.engine.attend(run);
    await turn();
    app.clock.tick(MINUTE_MS - 1);
    await turn();
    assert.equal(run.finished, false);
    app.clock.tick(1);
    while (!run.finished) await turn();
    assert.deepEqual([failure(run).code, failure(run).message], [
      "timeout",
      "It took longer than 60 s and was stopped. An action that takes longer sets timeoutMs",
    ]);
    assert.equal(app.engine.load.busy, 0);
  });
}

Deno.test("The minute begins with the handler, not with the wait for a place", async () => {
  await using app = openDemo(demo(), { concurrencyLimit: 1 });
  const first = app.submit("act");
  const second = app.submit("act");
  app.clock.tick(MINUTE_MS);
  await first.after(first.last);
  while (!second.begun) await turn();
  assert.equal(first.finished, true);
  app.clock.tick(MINUTE_MS - 1);
  await turn();
  assert.equal(second.finished, false);
  app.clock.tick(1);
  while (!second.finished) await turn();
  assert.equal(failure(second).code, "timeout");
});

Deno.test("The server's setting is the limit of handlers that name none; null is no limit", async () => {
  await using five = openDemo(demo(), { runMs: 5000 });
  const short = five.submit("act");
  five.clock.tick(5000);
  while (!short.finished) await turn();
  assert.match(failure(short).message, /longer than 5 s/);
  await using none = openDemo(demo(), { runMs: null });
  const long = none.submit("act");
  using _reader = none.engine.attend(long);
  none.clock.tick(1000 * MINUTE_MS);
  await turn();
  assert.equal(long.finished, false);
});

for (const timeoutMs of [null, Infinity, 10 * MINUTE_MS]) {
  Deno.test(`timeoutMs: ${timeoutMs} of an action stands for the server's setting`, async () => {
    await using app = openDemo(demo({ timeoutMs }));
    const run = app.submit("act");
    using _reader = app.engine.attend(run);
    app.clock.tick(10 * MINUTE_MS - 1);
    await turn();
    assert.equal(run.finished, false);
    app.clock.tick(1);
    await turn();
    await turn();
    assert.equal(run.finished, timeoutMs === 10 * MINUTE_MS);
    if (run.finished) assert.equal(failure(run).message, "It took longer than 600 s and was stopped");
  });
}

Deno.test("Calls that are merged each have the minute, and a batch that hangs gives its place back", async () => {
  const batch = demo({ batch: true, fn: never as never } as never);
  await using app = openDemo(batch, { concurrencyLimit: 1 });
  const runs = [app.submit("act", { a: "a" }), app.submit("act", { a: "b" })];
  await turn();
  app.clock.tick(MINUTE_MS);
  while (!runs.every(({ begun }) => begun)) {
    app.clock.tick(5000);
    await turn();
  }
  app.clock.tick(MINUTE_MS);
  while (!runs.every(({ finished }) => finished)) await turn();
  app.clock.tick(5000);
  while (app.engine.load.busy > 0) await turn();
  assert.deepEqual(runs.map((run) => failure(run).code), ["timeout", "timeout"]);
});

Deno.test("A handler of remote() is bounded by the time that is set there, not by the minute", () => {
  const { echo } = remote<{ echo: (text: string) => string }>("file:///none.ts", { runs: "worker" });
  assert.equal(demo({ fn: echo as never }).demo.actions.act?.timeoutMs, null);
  assert.equal(demo({ fn: echo as never, timeoutMs: 5 }).demo.actions.act?.timeoutMs, 5);
});

Deno.test("timeoutMs is refused past what a timer can wait: such a timer would be due at once", () => {
  for (const timeoutMs of [2 ** 31, -1, NaN, -Infinity]) {
    assert.throws(() => demo({ timeoutMs }), /timeoutMs of .*from 0 to 2147483647/);
  }
});

Deno.test("One timer watches all handlers, and none is set once they are over", async () => {
  const ends: (() => void)[] = [];
  const page = demo({ fn: () => new Promise<void>((resolve) => ends.push(resolve)) });
  await using app = openDemo(page, { concurrencyLimit: null });
  const runs = Array.from({ length: 100 }, () => app.submit("act"));
  assert.equal(app.clock.waiting, 1);
  for (const end of ends) end();
  while (!runs.every(({ finished }) => finished)) await turn();
  app.clock.tick(MINUTE_MS);
  assert.equal(app.clock.waiting, 0);
});

Deno.test("What a handler says beside its outputs is bounded as they are: messages and progress without end", async () => {
  const loud = Blocks({
    fields: { go: push() },
    actions: ({ go }) => ({
      logs: on(go.click, {
        fn: (_, { log }) => {
          for (let i = 0; i < 100; i++) log.info("x".repeat(100_000));
        },
      }),
      progress: on(go.click, {
        fn: (_, { progress }) => {
          for (let i = 0; i < 100_000; i++) progress(i, 100_000);
        },
      }),
      all: on(go.click, {
        fn: (_, { log, signal }) => {
          const text = "x".repeat(2 ** 20);
          while (!signal.aborted) log.info(text);
        },
      }),
    }),
  });
  await using app = openDemo(loud);
  for (const action of ["logs", "progress"] as const) {
    const run = app.submit(action);
    assert.equal(run.finished, true);
    assert.ok(run.weight < 3 * 2 ** 20, `${action}: ${run.weight} bytes are held`);
    assert.equal(run.log.at(-1)?.type, "done");
  }
  const run = app.submit("all");
  assert.deepEqual([failure(run).code, failure(run).message], [
    "bad_output",
    "Stopped after 1024 MiB: one run gives no more",
  ]);
});
