import assert from "node:assert/strict";
import { type Place, Queue } from "@/lib/engine/queue.ts";
import type { World } from "./seeds.ts";

const SERVED = 20;

/**
 * One session floods a group while others ask for one place after the other. With a share each, nobody would wait longer
 * than it takes to serve one call of every session: the median wait of the others stays below twice that.
 */
export async function simulateFairness({ chance, time, note, follow, check }: World): Promise<void> {
  const limit = 1 + chance.int(3);
  const holdMs = 10 + chance.int(90);
  const others = 1 + chance.int(4);
  const flood = chance.pick([50, 300]);
  const queue = new Queue({ limit, size: 1000, now: time.now, after: time.after });
  const open = new AbortController().signal;
  const waits: number[] = [];
  let served = 0;

  const enter = (session: string) =>
    queue.enter({ group: "g", limit, priority: 0, session, standing: () => {}, signal: () => open });
  const hold = (place: Place, next?: () => unknown) =>
    void time.after(Math.round(holdMs * (0.8 + chance.int(5) / 10)), () => {
      place[Symbol.dispose]();
      next?.();
    });
  const ask = async (session: string) => {
    const sinceMs = time.now();
    const place = await enter(session);
    waits.push(time.now() - sinceMs);
    note(`${session} waited ${waits.at(-1)} ms`);
    if (waits.length < SERVED * others) hold(place, () => follow(ask(session)));
    else hold(place);
  };
  // As soon as one of the flood is served, another comes.
  const pour = async () => {
    const place = await enter("flood");
    served++;
    hold(place, () => waits.length < SERVED * others && follow(pour()));
  };
  for (let call = 0; call < flood + limit; call++) follow(pour());
  for (let other = 0; other < others; other++) follow(ask(`other ${other}`));
  await time.settle();
  for (let ms = 0; time.waiting > 0; ms += 5) {
    assert.ok(ms < 100_000_000, "it never ends");
    await time.pass(5);
    check();
  }
  assert.ok(waits.length >= SERVED * others, `only ${waits.length} of the others are served`);
  const shareMs = (others + 1) * holdMs / limit;
  const median = waits.sort((a, b) => a - b)[waits.length >> 1]!;
  assert.ok(served >= waits.length / 2, `the flood is served ${served} times`);
  assert.ok(median <= 2 * shareMs, `the median wait is ${median} ms, a fair share ${shareMs} ms`);
  assert.deepEqual(queue.load, { waiting: 0, busy: 0 });
}
