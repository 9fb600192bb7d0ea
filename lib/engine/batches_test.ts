import assert from "node:assert/strict";
import { type BatchContext, on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A demo whose handler goes on until it is let go. */
function open(timeoutMs?: number) {
  const holds: PromiseWithResolvers<void>[] = [];
  const calls: (readonly string[])[] = [];
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      many: on(go.click, {
        inputs: a,
        outputs: out,
        batch: true,
        maxBatchSize: 2,
        concurrencyLimit: 1,
        ...timeoutMs === undefined ? {} : { timeoutMs },
        fn: async (inputs: readonly string[], _: BatchContext) => {
          calls.push(inputs);
          const hold = Promise.withResolvers<void>();
          holds.push(hold);
          await hold.promise;
          return inputs.map((input) => input.toUpperCase());
        },
      }),
    }),
  });
  return { app: openDemo(page), holds, calls };
}

Deno.test("batch: a call that is cancelled before its turn is handed to no handler", async () => {
  const { app, holds, calls } = open();
  await using _ = app;
  const first = app.submit("many", { a: "a" });
  first.cancel();
  const second = app.submit("many", { a: "b" });
  await turn();
  assert.deepEqual(calls, [["b"]]);
  holds[0]?.resolve();
  for await (const _ of second);
  assert.equal(app.engine.load.busy, 0);
});

Deno.test("batch: timeoutMs counts from when the handler is called, not from when the call began to wait", async () => {
  const { app, holds, calls } = open(1000);
  await using _ = app;
  const first = app.submit("many", { a: "a" });
  await turn();
  const second = app.submit("many", { a: "b" });
  await turn();
  app.clock.tick(900);
  holds[0]?.resolve();
  for await (const _ of first);
  await turn();
  assert.deepEqual(calls, [["a"], ["b"]]);
  app.clock.tick(900);
  holds[1]?.resolve();
  for await (const _ of second);
  assert.deepEqual(second.log.at(-1)?.type === "done" && second.log.at(-1), {
    type: "done",
    outcome: "done",
    ms: 1800,
  });
  const third = app.submit("many", { a: "c" });
  await turn();
  app.clock.tick(1000);
  for await (const _ of third);
  assert.ok(third.log.some((frame) => frame.type === "failed" && frame.code === "timeout"));
});

Deno.test("batch: a handler that does not hear that all have left gives its place back after five seconds", async () => {
  const { app, holds, calls } = open();
  await using _ = app;
  const first = app.submit("many", { a: "a" });
  await turn();
  const second = app.submit("many", { a: "b" });
  first.cancel();
  await turn();
  assert.deepEqual(calls, [["a"]]);
  app.clock.tick(5000);
  await turn();
  assert.deepEqual(calls, [["a"], ["b"]]);
  holds[1]?.resolve();
  for await (const _ of second);
  assert.equal(app.engine.load.busy, 0);
  holds[0]?.resolve();
});

Deno.test("batch: an error in the place of an output fails that call alone, and a bad output does too", async () => {
  const broke: unknown[] = [];
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      many: on(go.click, {
        inputs: a,
        outputs: out,
        batch: true,
        maxBatchSize: 4,
        concurrencyLimit: 1,
        fn: (inputs) =>
          inputs.map((input) => {
            if (input === "refused") return new Fault("refused", "Not that one", { field: "a" });
            if (input === "broken") return new Error("It broke");
            return input === "wrong" ? 3 as unknown as string : input.toUpperCase();
          }),
      }),
    }),
  });
  await using app = openDemo(page, { broke: (error) => (broke.push(error), "number 1") });
  const inputs = ["refused", "broken", "wrong", "right"];
  // The first waits for its place in the same turn, so all four are merged.
  const ends = await Promise.allSettled(inputs.map((a) => app.run("many", { a })));
  const told = ends.map((end) =>
    end.status === "fulfilled" ? end.value : [(end.reason as Fault).code, (end.reason as Fault).message]
  );
  assert.deepEqual(told.slice(0, 2), [["refused", "Not that one"], ["internal", "number 1"]]);
  assert.equal((told[2] as string[])[0], "bad_output");
  assert.deepEqual(told[3], { out: "RIGHT" });
  assert.equal(broke.some((error) => error instanceof Error && error.message === "It broke"), true);
});
