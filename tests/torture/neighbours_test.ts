import assert from "node:assert/strict";
import { prepare } from "./ground.ts";
import { compare, median, Neighbours } from "./neighbours.ts";
import { Torture } from "./torture.ts";

const WINDOWS = 5;
// A tick of the kernel: below that a difference is a matter of its clock. `deno task bench` has no floor.
const FLOOR_MS = 4;

Deno.test("One client that hangs, one that eats memory and one that floods at most double the p99 of others", async () => {
  await using prepared = await prepare({ ATOLL_QUEUE: "100" });
  const { server } = prepared;
  using torture = new Torture(server);
  await using users = await Neighbours.at(server.base);
  const { alone, beside, done } = await compare(server, users, WINDOWS);
  await torture.emptied();
  assert.deepEqual(Object.keys(done), ["hangProcess", "oom", "single"]);
  for (const [action, times] of Object.entries(done)) {
    assert.ok(times >= WINDOWS, `${action} came ${times} times`);
  }
  const told = `alone ${alone.map((ms) => ms.toFixed(1))} ms, beside ${beside.map((ms) => ms.toFixed(1))} ms`;
  const most = Math.max(2 * median(alone), FLOOR_MS);
  assert.ok(median(beside) <= most, told);

  // The same measure finds what holds up the server's own loop.
  // More than once: twenty users who are each held up a single time may be less than one in a hundred of what they ask.
  const block = async () => {
    for (let time = 0; time < 4; time++) await torture.call("block", { amount: 50 + 4 * most });
  };
  const [held] = await Promise.all([users.window(), block()]);
  assert.ok(held > most, `${held} ms beside a blocked loop, ${told}`);
});
