import assert from "node:assert/strict";
import { memoryStore } from "@/lib/store/records_memory.ts";
import type { Store } from "@/lib/store/records.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Journal } from "./journal.ts";
import { KeptState } from "./kept_state.ts";
import { RecordQuota } from "./record_quota.ts";

const QUOTA_BYTES = 1_000_000;

/** Something that a session does again and again. */
interface Habit {
  /** Letters of each result. */
  readonly letters: number;
  /** Whether its client names its calls. */
  readonly named?: boolean;
  /** Whether a part of each run is kept before its end. */
  readonly long?: boolean;
  /** Letters of the state that each run leaves. */
  readonly state?: number;
  readonly runs: number;
}

const habits: Readonly<Record<string, Habit>> = {
  "small results": { letters: 10, runs: 8000, named: true },
  "small results of calls without a name": { letters: 10, runs: 8000 },
  "middling results": { letters: 20_000, runs: 120, named: true },
  "middling results of calls without a name": { letters: 20_000, runs: 120 },
  "large results": { letters: 700_000, runs: 8, named: true },
  "results larger than a record": { letters: 1_500_000, runs: 4, named: true },
  "long runs": { letters: 50_000, runs: 40, named: true, long: true },
  "long runs without a name": { letters: 50_000, runs: 40, long: true },
  "state that is written again and again": { letters: 10, runs: 200, named: true, state: 100_000 },
  "state and results": { letters: 30_000, runs: 60, named: true, state: 300_000 },
};

for (const [what, habit] of Object.entries(habits)) {
  Deno.test(`RecordQuota holds a session to its bytes, its newest runs stay, and nobody else's go: ${what}`, async () => {
    await using world = open();
    for (const other of ["ann", "ben"]) await world.run(other, { letters: 100, runs: 1, named: true }, 0);
    for (let at = 0; at < habit.runs; at++) await world.run("hog", habit, at);
    await world.settled();
    const bytes = await world.bytes();
    // A session may be over by what it wrote last: a large result is told before room is made for it.
    assert.ok(bytes <= QUOTA_BYTES + 2 * habit.letters, `${bytes} bytes`);
    for (const other of ["ann", "ben"]) {
      assert.ok(await world.kept(other, true, 0), `the run of ${other} is gone`);
    }
    if (habit.letters <= QUOTA_BYTES / 2) assert.ok(await world.kept("hog", habit.named, habit.runs - 1));
    if (habit.runs * (habit.letters + 600) > 2 * QUOTA_BYTES) {
      assert.ok(!await world.kept("hog", habit.named, 0));
    }
  });
}

Deno.test("RecordQuota deletes nothing while a session is within its bytes", async () => {
  await using world = open();
  for (let at = 0; at < 40; at++) await world.run("ann", { letters: 20_000, runs: 1, named: true }, at);
  await world.settled();
  for (let at = 0; at < 40; at++) assert.ok(await world.kept("ann", true, at));
});

Deno.test("RecordQuota refuses new runs of a session whose state fills its quota, and takes them when that has expired", async () => {
  await using world = open();
  const habit = { letters: 10, runs: 1, named: true, state: 1_200_000 };
  await world.run("hog", habit, 0);
  await world.settled();
  await assert.rejects(world.run("hog", { ...habit, state: 0 }, 1), { code: "no_space", status: 507 });
  await world.run("ann", { letters: 10, runs: 1, named: true }, 0);
  world.clock.tick(25 * 60 * 60_000);
  await world.journal.sweep();
  await world.run("hog", { ...habit, state: 0 }, 2);
});

Deno.test("RecordQuota keeps the end of a run that was taken before its session was full", async () => {
  await using world = open();
  await world.journal.accept(world.accepted("hog", true, 0));
  await world.run("hog", { letters: 10, runs: 1, named: true, state: 1_200_000 }, 1);
  await world.settled();
  await assert.rejects(world.run("hog", { letters: 10, runs: 1, named: true }, 2), { code: "no_space" });
  await world.journal.finish("hog-0", 1, [{ type: "done", outcome: "done", ms: 1 }]);
  assert.ok(await world.kept("hog", true, 0));
});

Deno.test("RecordQuota counts what an earlier process kept, once there seems to be too much", async () => {
  const store = memoryStore({ now: () => START_MS });
  for (let life = 0; life < 4; life++) {
    const world = open(store);
    for (let at = 0; at < 45; at++) {
      await world.run("hog", { letters: 20_000, runs: 1, named: true }, life * 100 + at);
    }
    await world.settled();
    assert.ok(await world.bytes() <= 2 * QUOTA_BYTES);
  }
});

const START_MS = 1_790_000_000_000;

function open(old?: Store) {
  const clock = fakeClock();
  const now = () => START_MS + clock.now();
  const store = old ?? memoryStore({ now });
  const quota = new RecordQuota({
    store,
    sessionBytes: QUOTA_BYTES,
    broke: (error) => assert.fail(String(error)),
  });
  const told = {
    store: quota,
    now,
    after: clock.after,
    broke: (error: unknown) => assert.fail(String(error)),
  };
  const journal = new Journal(told);
  const state = new KeptState(told);
  const nameOf = (session: string, named: boolean | undefined, at: number) =>
    named ? `${session}/call-${at}` : `${session}-${at}`;
  const world = {
    clock,
    journal,
    accepted: (session: string, named: boolean | undefined, at: number) => ({
      id: `${session}-${at}`,
      session,
      ...named ? { call: `call-${at}` } : {},
      demo: "/demo",
      page: "/demo",
      action: "act",
      input: {},
    }),
    async run(session: string, habit: Habit, at: number): Promise<void> {
      const { letters, named, long } = habit;
      const id = `${session}-${at}`;
      await journal.accept(world.accepted(session, named, at));
      const values = { b: "x".repeat(letters) };
      const output = { type: "output", action: "act", values, mode: "set" } as const;
      const done = { type: "done", outcome: "done", ms: 1 } as const;
      if (long) {
        journal.append(id, 1, [output]);
        await journal.flush();
      }
      const value = { plain: "x".repeat(habit.state ?? 0), expiresMs: Infinity };
      const left = habit.state
        ? {
          session,
          ops: state.ops(session, "/demo", [{ key: "s", value }] as never, now()),
          settled: () => {},
        }
        : undefined;
      await journal.finish(id, long ? 2 : 1, long ? [done] : [output, done], left);
    },
    settled: () => quota.settled(),
    async bytes(): Promise<number> {
      const sizes = await Array.fromAsync(store.sizes({ prefix: [] }));
      return sizes.filter(({ key }) => JSON.stringify(key).includes("hog"))
        .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    },
    kept: async (session: string, named: boolean | undefined, at: number) =>
      await journal.read(nameOf(session, named, at)) !== undefined,
    [Symbol.asyncDispose]: () => quota[Symbol.asyncDispose](),
  };
  return world;
}
