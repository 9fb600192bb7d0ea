import assert from "node:assert/strict";
import type { TestServer } from "@/tests/server.ts";
import { prepare } from "./ground.ts";
import { Torture } from "./torture.ts";

const WINDOWS = 5;
const WINDOW_MS = 1300;
const PAUSE_MS = 10;
// Below this a difference is the machine's: two cores are kept busy by the bad ones, and others wait for a turn of them.
const FLOOR_MS = 40;

// Windows with the three bad clients and windows without them take turns, so that what else the machine does falls on
// both. The middle one of each kind counts: one bad window on a busy machine decides nothing.
Deno.test("One client that hangs, one that eats memory and one that floods at most double the p99 of others", async () => {
  await using prepared = await prepare({ ATOLL_QUEUE: "100" });
  const { server } = prepared;
  using torture = new Torture(server);
  await windowOf(torture);
  const [alone, beside]: [number[], number[]] = [[], []];
  const done = { hangProcess: 0, oom: 0, single: 0 };
  for (let at = 0; at < WINDOWS; at++) {
    alone.push(await windowOf(torture));
    await using _crowd = disturb(server, done);
    beside.push(await windowOf(torture));
  }
  await torture.emptied();
  for (const [action, times] of Object.entries(done)) {
    assert.ok(times >= WINDOWS, `${action} came ${times} times`);
  }
  const told = `alone ${alone.map(Math.round)} ms, beside ${beside.map(Math.round)} ms`;
  assert.ok(median(beside) <= Math.max(2 * median(alone), FLOOR_MS), told);

  // The same measure finds what holds up the server's own loop.
  const blocked = torture.call("block", { amount: 300 + 4 * median(alone) });
  const [held] = await Promise.all([windowOf(torture), blocked]);
  assert.ok(held > Math.max(2 * median(alone), FLOOR_MS), `${held} ms beside a blocked loop, ${told}`);
});

/** The p99 of four users who ask for an echo each, again and again, for a while. */
async function windowOf(torture: Torture): Promise<number> {
  const waits: number[] = [];
  const end = performance.now() + WINDOW_MS;
  await Promise.all(Array.from({ length: 4 }, async (_, user) => {
    const session = await torture.session();
    while (performance.now() < end) {
      const sinceMs = performance.now();
      const { values } = await torture.call("echo", { text: `${user}` }, { session });
      waits.push(performance.now() - sinceMs);
      assert.equal(values.out, `${user}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }));
  torture.received.length = 0;
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] as number;
}

/** One that hangs, one that eats memory and one that floods, until they are ended. Counts what they have done. */
function disturb(
  server: TestServer,
  done: Record<"hangProcess" | "oom" | "single", number>,
): AsyncDisposable {
  const torture = new Torture(server);
  let over = false;
  const again = async (action: keyof typeof done, work: (session: string) => Promise<unknown>) => {
    const session = await torture.session();
    while (!over) {
      await work(session);
      done[action]++;
      torture.received.length = 0;
    }
  };
  const flood = (session: string) =>
    Promise.all(Array.from({ length: 20 }, () => torture.call("single", { amount: 20 }, { session })));
  const all = Promise.all([
    again("hangProcess", (session) => torture.call("hangProcess", {}, { session })),
    again("oom", (session) => torture.call("oom", {}, { session })),
    again("single", flood),
  ]);
  return {
    [Symbol.asyncDispose]: async () => {
      over = true;
      await all;
      torture[Symbol.dispose]();
    },
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
