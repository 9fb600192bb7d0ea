import assert from "node:assert/strict";
import { prepare } from "./ground.ts";
import { compare, Neighbours } from "./neighbours.ts";
import { Torture } from "./torture.ts";

// What they cost others is a figure of `deno task bench`.
Deno.test("Beside a client that hangs, one that eats memory and one that floods, others get the right answers", async () => {
  await using prepared = await prepare({ ATOLL_QUEUE: "100" });
  const { server } = prepared;
  using torture = new Torture(server);
  await using users = await Neighbours.at(server.base);
  const { beside, done } = await compare(server, users, 1);
  // A window that went wrong is not a number.
  assert.ok(beside.every((ms) => ms > 0), `${beside}`);
  await torture.emptied();
  assert.deepEqual(Object.keys(done), ["hangProcess", "oom", "single"]);
  for (const [action, times] of Object.entries(done)) assert.ok(times >= 1, `${action} came ${times} times`);
});
