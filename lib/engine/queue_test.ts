import assert from "node:assert/strict";
import { Fault } from "@/lib/value/fault.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { type Place, Queue } from "./queue.ts";

const quiet = () => {};
const open = new AbortController().signal;

function queue(limit: number | null, size = 100) {
  const clock = fakeClock();
  return { clock, queue: new Queue({ limit, size, now: clock.now }) };
}

Deno.test("Queue.enter() gives a place at once while one is free", () => {
  const { queue: q } = queue(2);
  assert.ok(!(q.enter("g", undefined, quiet, open) instanceof Promise));
  assert.ok(!(q.enter("g", undefined, quiet, open) instanceof Promise));
  assert.ok(q.enter("g", undefined, quiet, open) instanceof Promise);
  assert.deepEqual(q.load, { waiting: 1, busy: 2 });
});

Deno.test("Queue.enter() admits in the order of arrival and tells everyone their new position", async () => {
  const { queue: q } = queue(1);
  const first = q.enter("g", undefined, quiet, open) as Place;
  const told: string[] = [];
  const order: number[] = [];
  const waiting = [1, 2, 3].map((n) =>
    (q.enter("g", undefined, (position, of) => told.push(`${n}:${position}/${of}`), open) as Promise<Place>)
      .then((place) => {
        order.push(n);
        place[Symbol.dispose]();
      })
  );
  assert.deepEqual(told, ["1:1/1", "2:2/2", "3:3/3"]);
  told.length = 0;
  first[Symbol.dispose]();
  assert.deepEqual(told, ["2:1/2", "3:2/2"]);
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3]);
});

Deno.test("Queue.enter() refuses with queue_full when too many wait", () => {
  const { queue: q } = queue(1, 1);
  q.enter("g", undefined, quiet, open);
  q.enter("g", undefined, quiet, open);
  assert.throws(
    () => q.enter("g", undefined, quiet, open),
    (error) => error instanceof Fault && error.code === "queue_full",
  );
});

Deno.test("Queue.enter() leaves the queue when its signal aborts, and the ones behind move up", async () => {
  const { queue: q } = queue(1);
  q.enter("g", undefined, quiet, open);
  const leaving = new AbortController();
  const left = q.enter("g", undefined, quiet, leaving.signal) as Promise<Place>;
  const told: number[] = [];
  q.enter("g", undefined, (position) => told.push(position), open);
  leaving.abort();
  await assert.rejects(left, (error) => error instanceof Fault && error.code === "cancelled");
  assert.deepEqual(told, [2, 1]);
});

Deno.test("Queue.enter() takes the lowest limit that a group was given, and null for none", () => {
  const { queue: q } = queue(16);
  q.enter("g", 3, quiet, open);
  assert.ok(q.enter("g", 1, quiet, open) instanceof Promise);
  for (let i = 0; i < 100; i++) assert.ok(!(q.enter("free", null, quiet, open) instanceof Promise));
});

Deno.test("Queue.enter() estimates the wait from how long places were held", () => {
  const { queue: q, clock } = queue(1);
  const first = q.enter("g", undefined, quiet, open) as Place;
  clock.tick(1000);
  first[Symbol.dispose]();
  q.enter("g", undefined, quiet, open);
  let eta: number | undefined;
  q.enter("g", undefined, (_position, _of, etaMs) => eta = etaMs, open);
  assert.equal(eta, 1000);
});

Deno.test("Place gives itself back once, however often it is disposed of", () => {
  const { queue: q } = queue(1);
  const place = q.enter("g", undefined, quiet, open) as Place;
  place[Symbol.dispose]();
  place[Symbol.dispose]();
  assert.equal(q.load.busy, 0);
});
