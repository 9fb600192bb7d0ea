import assert from "node:assert/strict";
import { fakeClock } from "@/lib/testing/clock.ts";
import { every, type Surroundings } from "./every.ts";
import { timer } from "./mod.ts";

/** A page whose time and visibility a test decides. `lateMs` is how late its timeouts come. */
function fakePage() {
  const clock = fakeClock();
  const watchers = new Set<() => void>();
  let unseen = false;
  const page = {
    lateMs: 0,
    clock,
    watchers,
    now: () => clock.now(),
    after: (ms: number, callback: () => void) => {
      const entry = clock.after(ms + page.lateMs, callback);
      return () => entry[Symbol.dispose]();
    },
    hidden: () => unseen,
    onVisibility: (callback: () => void) => {
      watchers.add(callback);
      return () => void watchers.delete(callback);
    },
    show(seen: boolean) {
      unseen = !seen;
      for (const watcher of watchers) watcher();
    },
  };
  return page satisfies Surroundings;
}

Deno.test("timer() ticks every second unless told otherwise", () => {
  assert.equal(timer().initial, 1);
  assert.equal(timer().props.active, true);
  assert.equal(timer(0.5).initial, 0.5);
  assert.equal(timer({ seconds: 30, active: false }).initial, 30);
});

Deno.test("timer() rejects seconds that no browser can keep", () => {
  for (const seconds of [0, -1, 0.001, NaN, Infinity, 100_000]) {
    assert.throws(() => timer({ seconds }), TypeError, String(seconds));
  }
});

Deno.test("timer() lives by itself only where it ticks", () => {
  assert.ok(timer.component.alive(timer().props));
  assert.ok(!timer.component.alive(timer({ active: false }).props));
});

Deno.test("every() ticks once for each period, the first time after one", () => {
  const page = fakePage();
  const at: number[] = [];
  every(1000, () => at.push(page.now()), page);
  page.clock.tick(999);
  assert.deepEqual(at, []);
  page.clock.tick(2001);
  assert.deepEqual(at, [1000, 2000, 3000]);
});

Deno.test("every() keeps the beat of its start, however late each tick comes", () => {
  const page = fakePage();
  page.lateMs = 90;
  const at: number[] = [];
  every(1000, () => at.push(page.now()), page);
  page.clock.tick(100_500);
  assert.equal(at.length, 100);
  assert.equal(at.at(-1), 100_090);
});

Deno.test("every() gives one tick for all that a standstill took, and none at once after it", () => {
  const page = fakePage();
  page.lateMs = 5300;
  const at: number[] = [];
  every(1000, () => at.push(page.now()), page);
  page.clock.tick(6300);
  page.lateMs = 0;
  page.clock.tick(14_000);
  assert.deepEqual(at.slice(0, 1), [6300]);
  // The timeout after the standstill was set before it was over: it is late as well, once.
  assert.deepEqual(at.slice(1, 3), [12_300, 13_000]);
});

Deno.test("every() waits while the page is hidden, and gives at most one tick that was due when it is seen", () => {
  const page = fakePage();
  const at: number[] = [];
  every(1000, () => at.push(page.now()), page);
  page.clock.tick(1500);
  page.show(false);
  assert.equal(page.clock.waiting, 0);
  page.clock.tick(60_000);
  assert.deepEqual(at, [1000]);
  page.show(true);
  page.clock.tick(1000);
  assert.deepEqual(at, [1000, 61_500, 62_000]);
});

Deno.test("every() that was hidden and seen within one period ticks as if nothing had been", () => {
  const page = fakePage();
  const at: number[] = [];
  every(1000, () => at.push(page.now()), page);
  page.clock.tick(300);
  page.show(false);
  page.clock.tick(300);
  page.show(true);
  page.show(true);
  page.clock.tick(1400);
  assert.deepEqual(at, [1000, 2000]);
});

Deno.test("every() leaves nothing behind when it is stopped, also from within a tick", () => {
  const page = fakePage();
  let count = 0;
  const stop = every(1000, () => {
    count++;
    stop();
  }, page);
  page.clock.tick(5000);
  assert.equal(count, 1);
  assert.equal(page.clock.waiting, 0);
  assert.equal(page.watchers.size, 0);
});
