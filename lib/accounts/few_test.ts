import assert from "node:assert/strict";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Few } from "./few.ts";

const clock = fakeClock();
const times = { waitMs: 10_000, after: clock.after };

Deno.test("Few.run() lets so many go on at once, so many wait, and refuses the rest", async () => {
  const few = new Few({ ...times, atOnce: 2, mostWaiting: 3 });
  let busy = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const work = async () => {
    most = Math.max(most, ++busy);
    await gate.promise;
    busy--;
  };
  const all = Array.from({ length: 5 }, () => few.run(work));
  await assert.rejects(few.run(work), { code: "queue_full" });
  gate.resolve();
  await Promise.all(all);
  assert.equal(most, 2);
  assert.equal(await few.run(() => Promise.resolve(7)), 7);
});

Deno.test("Few.run() frees the place of work that failed", async () => {
  const few = new Few({ ...times, atOnce: 1, mostWaiting: 0 });
  await assert.rejects(few.run(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(await few.run(() => Promise.resolve("yes")), "yes");
});

Deno.test("Few.run() refuses whoever has waited too long, and the next one takes the place that is free then", async () => {
  const few = new Few({ ...times, atOnce: 1, mostWaiting: 9 });
  const gate = Promise.withResolvers<string>();
  const first = few.run(() => gate.promise);
  const late = few.run(() => Promise.reject(new Error("never asked")));
  const refused = assert.rejects(late, { code: "queue_full" });
  clock.tick(9_999);
  const second = few.run(() => Promise.resolve("second"));
  clock.tick(1);
  await refused;
  gate.resolve("first");
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
  assert.equal(clock.waiting, 0);
});
