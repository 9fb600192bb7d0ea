import assert from "node:assert/strict";
import { z } from "zod";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Run } from "./run.ts";

const kept = component({
  kind: "kept",
  props: z.object({ value: z.string().optional() }),
  wire: () => z.string(),
  empty: () => "",
  events: { change: null },
  holds: "session",
  view: (_: ViewProps<object, string>) => null,
});

const turn = () => new Promise((resolve) => setTimeout(resolve));
const types = (run: Run) => run.log.map(({ type }) => type);

Deno.test("A handler that does not hear of its cancel keeps its session's state to itself for five seconds only", async () => {
  const hold = Promise.withResolvers<string>();
  const page = Blocks({
    fields: { count: kept(), go: push() },
    actions: ({ count, go }) => ({
      deaf: on(go.click, { inputs: count, outputs: count, fn: () => hold.promise }),
      next: on(go.click, { inputs: count, outputs: count, fn: (count) => `${count}1` }),
    }),
  });
  await using app = openDemo(page);
  const deaf = app.submit("deaf");
  const next = app.submit("next");
  deaf.cancel();
  await turn();
  assert.deepEqual(types(next), ["queued"]);
  app.clock.tick(5000);
  await turn();
  assert.deepEqual(types(next), ["queued", "started", "done"]);
  hold.resolve("late");
  await turn();
  assert.equal(app.engine.sessions.open(app.session).value(page.demo, "count"), "1");
});

Deno.test("A run's weight counts what one frame stands for, so that those that are kept have a bound", async () => {
  const page = Blocks({
    fields: { out: text(), go: push() },
    actions: ({ out, go }) => ({
      much: on(go.click, { outputs: out, fn: () => "x".repeat(3 * 1024 * 1024) }),
    }),
  });
  await using app = openDemo(page, { keptBytes: 10 * 1024 * 1024 });
  for (let i = 0; i < 8; i++) await app.run("much");
  assert.equal(app.engine.load.runs, 3);
});

Deno.test("A run that is over holds what was asked for no longer, however many of them are kept", async () => {
  const page = Blocks({
    fields: { a: text(), b: text(), out: text(), go: push() },
    actions: ({ a, b, out, go }) => {
      const first = on(go.pick, { inputs: a, outputs: out, fn: (a) => a });
      return { first, second: on(first.success, { inputs: b, outputs: out, fn: (b) => b }) };
    },
  });
  await using app = openDemo(page);
  const run = app.submit("first", { a: "long" }, {
    rest: { b: "longer" },
    event: { when: "go:pick", detail: { row: 1 } },
  });
  assert.equal(run.finished, true);
  assert.deepEqual([run.call.input, run.call.rest, run.call.event], [{}, undefined, undefined]);
  assert.equal(run.call.action, "first");
});

Deno.test("validate: a check that breaks is told to the log, and refuses the call as any other error does", () => {
  const page = Blocks({
    fields: { a: text(), go: push() },
    actions: ({ a, go }) => ({
      join: on(go.click, {
        inputs: a,
        validate: () => {
          throw new TypeError("secret detail");
        },
        fn: () => {},
      }),
    }),
  });
  const told: unknown[] = [];
  const app = openDemo(page, {
    broke: (error) => {
      told.push(error);
      return "Something broke";
    },
  });
  assert.throws(
    () => app.submit("join", { a: "x" }),
    (error) => error instanceof Fault && error.code === "internal" && error.message === "Something broke",
  );
  assert.match(String(told), /secret detail/);
  assert.equal(app.engine.load.runs, 0);
});

Deno.test("validate: whatever has a then is waited for, as in handlers", async () => {
  const page = Blocks({
    fields: { a: text(), go: push() },
    actions: ({ a, go }) => ({
      join: on(go.click, {
        inputs: a,
        // As query builders are: no Promise, but one can wait for it.
        validate: () => ({ then: (done: (text: string) => void) => done("taken") }) as Promise<string>,
        fn: () => {},
      }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(
    async () => {
      await app.submit("join", { a: "x" }).admitted;
    },
    /taken/,
  );
});

Deno.test("A run that is cancelled while it waits for its session's state makes room for the next", async () => {
  const hold = Promise.withResolvers<string>();
  const page = Blocks({
    fields: { count: kept(), other: kept(), go: push() },
    actions: ({ count, other, go }) => ({
      slow: on(go.click, { inputs: count, outputs: count, fn: () => hold.promise }),
      both: on(go.click, {
        inputs: { count, other },
        outputs: { count, other },
        fn: () => ({ other: "both" }),
      }),
    }),
  });
  await using app = openDemo(page, { queueSize: 4 });
  const slow = app.submit("slow");
  const waiting = [app.submit("both"), app.submit("both")];
  assert.throws(() => app.submit("both"), (error) => error instanceof Fault && error.code === "rate_limited");
  for (const run of waiting) run.cancel();
  const last = app.submit("both");
  assert.deepEqual(last.log, [{ type: "queued", position: 1, of: 1 }]);
  hold.resolve("over");
  for await (const _ of slow);
  for await (const _ of last);
  assert.deepEqual(types(last), ["queued", "started", "done"]);
  assert.deepEqual(types(app.submit("both")), ["started", "done"], "nothing is held by those that left");
});
