// deno-lint-ignore-file no-console -- what is logged is what is tested
import assert from "node:assert/strict";
import type { Clock } from "@/lib/engine/engine.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import { Health } from "./health.ts";

const well = () => Promise.resolve();

Deno.test("Health is ready when nothing is against it", async () => {
  assert.deepEqual(await new Health({ clock: fakeClock(), check: well }).reasons(), []);
});

Deno.test("Health is not ready from the moment that it drains", async () => {
  const health = new Health({ clock: fakeClock(), check: well });
  await quietly(async () => {
    health.drain();
    assert.deepEqual(await health.reasons(), ["draining"]);
  });
});

Deno.test("Health is not ready during a block of the event loop and for a while after it", async () => {
  await quietly(async () => {
    const { clock, pass } = blockable();
    const health = new Health({ clock, check: well });
    using _watch = health.watch();
    pass(500, 100);
    assert.deepEqual(await health.reasons(), []);
    // The timer is overdue, and this is asked before its turn.
    pass(5600, 0);
    assert.deepEqual(await health.reasons(), ["event_loop_blocked"]);
    pass(0, 1);
    assert.deepEqual(await health.reasons(), ["event_loop_blocked"]);
    assert.ok(health.lagMs >= 5000);
    pass(500, 18);
    assert.deepEqual(await health.reasons(), ["event_loop_blocked"]);
    pass(500, 3);
    assert.deepEqual(await health.reasons(), []);
    assert.equal(health.lagMs, 0);
  });
});

Deno.test("Health takes a slow event loop for what it is: slow, not blocked", async () => {
  const { clock, pass } = blockable();
  const health = new Health({ clock, check: well });
  using _watch = health.watch();
  pass(4000, 20);
  assert.deepEqual(await health.reasons(), []);
  assert.equal(health.lagMs, 3500);
});

Deno.test("Health stops looking at the event loop when its watch is disposed of", () => {
  const clock = fakeClock();
  const health = new Health({ clock, check: well });
  health.watch()[Symbol.dispose]();
  clock.tick(60_000);
  assert.equal(clock.waiting, 0);
  assert.equal(health.lagMs, 0);
});

Deno.test("Health waits five seconds for the store, asks it one question at a time, and is ready again with it", async () => {
  await quietly(async () => {
    const clock = fakeClock();
    let asked = 0;
    let answer = Promise.withResolvers<void>();
    const health = new Health({ clock, check: () => (asked++, answer.promise) });
    const first = health.reasons();
    clock.tick(3000);
    const second = health.reasons();
    clock.tick(2000);
    assert.deepEqual([await first, await second], [["store_unavailable"], ["store_unavailable"]]);
    // It has not answered yet: nobody waits for it any more, and it is not asked again.
    assert.deepEqual(await health.reasons(), ["store_unavailable"]);
    assert.equal(asked, 1);
    assert.equal(clock.waiting, 0);
    answer.resolve();
    // What was waiting for it goes on by the end of this turn.
    await new Promise((resolve) => setTimeout(resolve));
    answer = Promise.withResolvers();
    answer.resolve();
    assert.deepEqual(await health.reasons(), []);
    assert.equal(asked, 2);
  });
});

Deno.test("Health writes once a second, however often it is asked", async () => {
  await quietly(async () => {
    const clock = fakeClock();
    let asked = 0;
    let fails = false;
    const write = () => {
      asked++;
      return fails ? Promise.reject(new Error("disk")) : Promise.resolve();
    };
    const health = new Health({ clock, check: well, write });
    for (let i = 0; i < 10; i++) assert.deepEqual(await health.reasons(), []);
    assert.equal(asked, 1);
    fails = true;
    clock.tick(999);
    assert.deepEqual(await health.reasons(), []);
    clock.tick(1);
    for (let i = 0; i < 10; i++) assert.deepEqual(await health.reasons(), ["store_unavailable"]);
    assert.equal(asked, 2);
    fails = false;
    clock.tick(1000);
    assert.deepEqual(await health.reasons(), []);
  });
});

Deno.test("Health leaves it to a store that refuses to say why", async () => {
  const lines = await quietly(async () => {
    const write = () => Promise.reject(new Fault("no_space", "No room"));
    const health = new Health({ clock: fakeClock(), check: well, write });
    assert.deepEqual(await health.reasons(), ["store_unavailable"]);
  });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /Not ready: store_unavailable/);
});

Deno.test("Health is not ready when the store fails, at once or later, and says why in the log once", async () => {
  for (const check of [() => Promise.reject(new Error("disk")), () => raise(new Error("disk"))]) {
    const lines = await quietly(async () => {
      const health = new Health({ clock: fakeClock(), check });
      for (let i = 0; i < 3; i++) assert.deepEqual(await health.reasons(), ["store_unavailable"]);
    });
    assert.equal(lines.filter((line) => line.includes("Error: disk")).length, 1);
    assert.equal(lines.filter((line) => line === "Not ready: store_unavailable").length, 1);
  }
});

function raise(error: Error): never {
  throw error;
}

/** A clock that can stand still for the timers while time goes on, as in a blocked process. */
function blockable(): { clock: Clock; pass: (ms: number, times: number) => void } {
  let now = 0;
  let due: { atMs: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const entry = { atMs: now + ms, callback };
      due.push(entry);
      return { [Symbol.dispose]: () => void (due = due.filter((one) => one !== entry)) };
    },
  };
  /** Lets so many milliseconds go by, so many times, and calls back what is due after each; with 0, only time goes by. */
  const pass = (ms: number, times: number) => {
    if (times === 0) now += ms;
    for (let i = 0; i < times; i++) {
      now += ms;
      const ready = due.filter(({ atMs }) => atMs <= now);
      due = due.filter(({ atMs }) => atMs > now);
      for (const { callback } of ready) callback();
    }
  };
  return { clock, pass };
}

async function quietly(run: () => Promise<void>): Promise<string[]> {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = console.error = (line: unknown) => void lines.push(String(line));
  try {
    await run();
    return lines;
  } finally {
    Object.assign(console, { log, error });
  }
}
