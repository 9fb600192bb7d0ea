import assert from "node:assert/strict";
import { openDemo } from "atoll/testing";
import chained from "@/routes/demos/chained.tsx";

/** The handlers of a run, in the order of their start, and the values that it left. */
async function sail(torn: boolean) {
  await using app = openDemo(chained);
  const run = app.submit("mendHull", {}, { rest: { torn } });
  const ran: string[] = [];
  const values: Record<string, unknown> = {};
  let outcome = "";
  for await (const frame of run) {
    if (frame.type === "started") ran.push(frame.action);
    if (frame.type === "output") Object.assign(values, frame.values);
    if (frame.type === "done") outcome = frame.outcome;
  }
  return { ran, values, outcome };
}

Deno.test("chained goes through its five steps, each after the success of the one before", async () => {
  const { ran, values, outcome } = await sail(false);
  assert.deepEqual(ran.filter((key) => key !== "shutLocker"), [
    "mendHull",
    "stepMast",
    "bendSails",
    "takeWater",
    "castOff",
    "praise",
  ]);
  assert.equal(values.lines, "Let go");
  assert.equal(values.locker, "Shut again");
  assert.match(String(values.verdict), /at sea/);
  assert.equal(outcome, "done");
});

Deno.test("chained with torn sails stops at step 3, says so, and shuts the locker all the same", async () => {
  const { ran, values, outcome } = await sail(true);
  assert.deepEqual(ran.sort(), ["bendSails", "excuse", "mendHull", "shutLocker", "stepMast"]);
  assert.equal(values.water, "");
  assert.equal(values.locker, "Shut again");
  assert.match(String(values.verdict), /^Step 3, bending on the sails, failed.* 2 steps are left undone$/);
  assert.equal(outcome, "done");
});
