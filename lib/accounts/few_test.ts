import assert from "node:assert/strict";
import { Few } from "./few.ts";

Deno.test("Few.run() lets so many go on at once, so many wait, and refuses the rest", async () => {
  const few = new Few(2, 3);
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
  const few = new Few(1, 0);
  await assert.rejects(few.run(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(await few.run(() => Promise.resolve("yes")), "yes");
});
