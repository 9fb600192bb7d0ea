import assert from "node:assert/strict";
import { z } from "zod";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Run } from "./run.ts";

let made = 0;
const shout = component({
  kind: "shout",
  props: z.object({}),
  wire: () =>
    z.string().overwrite((value) => {
      made += value.length;
      return value.toUpperCase();
    }),
  empty: () => "",
  events: {},
  anew: true,
  view: (_: ViewProps<object, string>) => null,
});

function pageOf(fn: () => AsyncGenerator<string>) {
  return Blocks({
    fields: { out: shout(), plain: text(), go: push() },
    actions: ({ out, plain, go }) => ({
      say: on(go.click, { outputs: out, fn }),
      tell: on(go.click, { outputs: plain, fn }),
    }),
  });
}

async function outputs(run: Run): Promise<number> {
  let count = 0;
  for await (const { type } of run) if (type === "output") count++;
  return count;
}

const STATES = 200;
const LONG = "a".repeat(400_000);
const PIECE = "a".repeat(360);

async function* growing() {
  for (let text = PIECE; text.length <= STATES * PIECE.length; text += PIECE) yield text;
}

Deno.test("Pace leaves out states that come faster than they can be sent, and never the last one", async () => {
  await using app = openDemo(pageOf(growing));
  made = 0;
  assert.ok(await outputs(app.submit("say")) > 20, "short texts are sent state by state");
  // All states together have 7,236,000 letters.
  assert.ok(made < 400_000, `${made} letters were made`);
  assert.deepEqual(await app.run("say"), { out: PIECE.toUpperCase().repeat(STATES) });
});

Deno.test("Pace leaves states of other components alone", async () => {
  await using app = openDemo(pageOf(growing));
  assert.equal(await outputs(app.submit("tell")), STATES);
});

Deno.test("Pace gives every state that comes slowly enough", async () => {
  await using app = openDemo(pageOf(async function* () {
    for (const text of [LONG, `${LONG}b`, `${LONG}bc`]) {
      yield text;
      app.clock.tick(1000);
    }
  }));
  assert.equal(await outputs(app.submit("say")), 3);
});

Deno.test("Pace gives what is held once its time has come, however long the handler waits", async () => {
  const go = Promise.withResolvers<void>();
  await using app = openDemo(pageOf(async function* () {
    yield LONG;
    yield `${LONG}b`;
    yield `${LONG}bc`;
    await go.promise;
  }));
  const run = app.submit("say");
  let seen = 0;
  for await (const frame of run) {
    if (frame.type !== "output") continue;
    seen++;
    if (seen === 1) {
      // The handler waits by then.
      await new Promise((resolve) => setTimeout(resolve));
      app.clock.tick(1000);
    } else {
      assert.deepEqual(frame.values, { out: "BC" });
      go.resolve();
    }
  }
  assert.equal(seen, 2);
});

Deno.test("Pace gives what is held before a handler's mistake is told", async () => {
  await using app = openDemo(pageOf(async function* () {
    yield LONG;
    yield `${LONG}b`;
    throw new Error("broken");
  }));
  const types: string[] = [];
  for await (const { type } of app.submit("say")) types.push(type);
  assert.deepEqual(types.slice(-4), ["output", "output", "failed", "done"]);
});
