import assert from "node:assert/strict";
import { cached, Fault, Interface, slider, textbox } from "atoll";
import { openDemo } from "@/lib/testing/open_demo.ts";

Deno.test("Interface() hands what actions can be told on to its action", async () => {
  let called = 0;
  const page = Interface({
    inputs: { name: textbox(), volume: slider({ min: 1, max: 10 }) },
    outputs: { greeting: textbox() },
    validate: { name: (name) => name === "" ? "Give a name" : undefined },
    concurrencyLimit: 2,
    timeoutMs: 500,
    retry: true,
    fn: cached(({ name }: { name: string }) => ({ greeting: `${++called} ${name}` })),
  });
  const { predict } = page.demo.actions;
  assert.deepEqual([predict?.limit, predict?.timeoutMs, predict?.retry], [2, 500, true]);
  await using app = openDemo(page);
  assert.throws(() => app.submit("predict"), (error) => error instanceof Fault && error.field === "name");
  assert.deepEqual(await app.run("predict", { name: "Ada" }), { greeting: "1 Ada" });
  assert.deepEqual(await app.run("predict", { name: "Ada" }), { greeting: "1 Ada" });
});

Deno.test("Interface() types the handler of a batch by lists", async () => {
  const page = Interface({
    inputs: textbox(),
    outputs: textbox(),
    batch: true,
    maxBatchSize: 8,
    fn: (texts) => texts.map((text) => text.toUpperCase()),
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("predict", { input: "x" }), { output: "X" });
  Interface({
    inputs: textbox(),
    outputs: textbox(),
    // @ts-expect-error a text is checked by what takes a text
    validate: (text: number) => `${text}`,
    fn: (text) => text,
  });
});

Deno.test("Interface() without a function is refused where it is declared", () => {
  const fields = { inputs: textbox(), outputs: textbox() };
  // @ts-expect-error there is nothing to show
  const none: Parameters<typeof Interface>[0] = fields;
  assert.throws(() => Interface(none), /Cannot make this demo without fn: the function to show/);
  assert.throws(() => Interface({ title: "Mine", ...none }), /Cannot make "Mine" without fn/);
});
