import assert from "node:assert/strict";
import { on, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Readers } from "./readers.ts";

function pageOf(fn: () => unknown) {
  return Blocks({
    fields: { out: text(), go: push() },
    actions: ({ out, go }) => ({ act: on(go.click, { outputs: out, fn: fn as () => string }) }),
  });
}

Deno.test("Readers: the timers of a process that was stopped do not cancel a run before its reader is heard", async () => {
  await using app = openDemo(pageOf(() => new Promise<string>(() => {})));
  const run = app.submit("act");
  const due: (() => void)[] = [];
  const after = (_ms: number, callback: () => void) => {
    due.push(callback);
    return { [Symbol.dispose]: () => void due.splice(due.indexOf(callback), 1) };
  };
  const readers = new Readers({ after, graceMs: 30_000 });
  readers.unread(run);
  // All timers whose time has passed are told at once.
  for (const callback of due.splice(0)) callback();
  assert.equal(run.finished, false);
  readers.attend(run);
  assert.equal(due.length, 0);
  readers.unread(run);
  for (const callback of due.splice(0)) callback();
  for (const callback of due.splice(0)) callback();
  assert.equal(run.finished, true);
});

for (const odd of [null, undefined, 5, "a", ["a"]]) {
  Deno.test(`update(${JSON.stringify(odd)}) is a handler's bad output, and says what would be right`, async () => {
    await using app = openDemo(pageOf(() => update(odd as never)));
    await assert.rejects(
      app.run("act"),
      (error) =>
        "code" in (error as object) && (error as { code: string }).code === "bad_output" &&
        /update\(\) takes its props/.test(`${error}`),
    );
  });
}
