import assert from "node:assert/strict";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Run } from "./run.ts";

const MIB = 1024 * 1024;

Deno.test("LogRoom folds the logs of many runs earlier than that of one, so that all fit into their room", async () => {
  for (
    const [runs, letters] of [[1, 50_000], [20, 10_000], [100, 1000], [100, 10_000], [200, 10_000]] as const
  ) {
    await using world = demo({ room: 8 * MIB, count: 100, letters });
    const all = await Promise.all(Array.from({ length: runs }, () => world.begin()));
    const bytes = all.reduce((sum, run) => sum + run.weight, 0);
    assert.ok(bytes <= 8 * MIB + runs * letters, `${runs} runs: ${bytes} bytes`);
    if (runs === 1) assert.ok((all[0] as Run).weight > MIB / 2);
  }
});

Deno.test("LogRoom refuses new runs with queue_full when there is no room, and takes them when there is", async () => {
  await using world = demo({ room: MIB, count: 1, letters: 50_000 });
  const all: Run[] = [];
  const refusal = await (async () => {
    for (;;) all.push(await world.begin());
  })().catch((error) => error);
  assert.ok(refusal instanceof Fault);
  assert.deepEqual([refusal.code, refusal.status], ["queue_full", 503]);
  assert.ok(all.length >= 15 && all.length < 30, String(all.length));
  for (const run of all) run.cancel();
  await world.begin();
});

/** A demo whose runs give so many results of so many letters, and then wait. */
function demo({ room, count, letters }: { room: number; count: number; letters: number }) {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        concurrencyLimit: null,
        fn: async function* () {
          for (let at = 0; at < count; at++) yield `${at} `.padEnd(letters, "x");
          await hold.promise;
        },
      }),
    }),
  });
  const app = openDemo(page, { logBytes: room });
  return {
    /** A run that has given all of them. */
    async begin(): Promise<Run> {
      const run = app.submit("act");
      while (run.last < count + 1) await run.after(run.last);
      return run;
    },
    async [Symbol.asyncDispose]() {
      hold.resolve();
      await app[Symbol.asyncDispose]();
    },
  };
}
