import assert from "node:assert/strict";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { type AcceptedRun, ATTEMPT_FRAMES, type FinishedRun, Journal } from "./journal.ts";

const STARTED: FrameBody = { type: "started", action: "greet" };
const DONE: FrameBody = { type: "done", outcome: "done", ms: 5 };
const LOST = {
  code: "interrupted",
  message: "The server was started anew before this was finished. Start it again",
};

Deno.test("Journal finishes a run that is then read by seq, and keeps no input", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED, said("x")]);
  await world.log.finish("a", 3, [said("y"), DONE]);
  const { frames, ...head } = await world.log.read("a") as FinishedRun;
  const { session, demo, action } = run("a");
  assert.deepEqual(head, { id: "a", session, demo, action, outcome: "done", endedMs: 1_000_000 });
  assert.deepEqual(frames, numbered([STARTED, said("x"), said("y"), DONE]));
  assert.deepEqual((await world.log.read("a", 3))?.frames, [{ ...DONE, seq: 4 }]);
  assert.deepEqual((await world.log.read("a", 4))?.frames, []);
  assert.deepEqual(await world.log.unfinished(), []);
  assert.ok(!JSON.stringify(await world.records()).includes("Ada"));
});

Deno.test("Journal leaves one record of a run that is over in the turn it was accepted in", async () => {
  await using world = open();
  await Promise.all([world.log.accept(run("a")), world.log.finish("a", 1, [STARTED, DONE])]);
  assert.deepEqual((await world.records()).map(({ key }) => key), [["runs", "over", "a"]]);
  assert.equal(world.clock.waiting, 0);
});

Deno.test("Journal knows after a crash which runs have no end, with all that it takes to run them again", async () => {
  await using world = open();
  await Promise.all([world.log.accept(run("a")), world.log.accept(run("b")), world.log.accept(run("c"))]);
  await world.log.finish("b", 1, [DONE]);
  assert.deepEqual(await world.log.unfinished(), []);
  const after = world.restart();
  assert.deepEqual(await after.unfinished(), [
    { ...run("a"), acceptedMs: 1_000_000, attempt: 1 },
    { ...run("c"), acceptedMs: 1_000_000, attempt: 1 },
  ]);
  assert.equal(await after.read("a"), undefined);
});

Deno.test("Journal gathers frames and keeps those of a while together", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  await world.log.accept(run("b"));
  for (let seq = 1; seq <= 50; seq++) world.log.append("a", seq, [said(`${seq}`)]);
  world.log.append("b", 1, [STARTED]);
  world.clock.tick(99);
  assert.equal(await world.pieces(), 0);
  world.clock.tick(1);
  await world.log.flush();
  assert.equal(await world.pieces(), 2);
  assert.equal(world.clock.waiting, 0);
  world.log.append("a", 51, [said("51")]);
  await world.log[Symbol.asyncDispose]();
  assert.equal(await world.pieces(), 3);
  await world.restart().interrupted("a");
  const frames = (await world.log.read("a"))?.frames ?? [];
  assert.deepEqual(frames.map(({ seq }) => seq), Array.from({ length: 53 }, (_, at) => at + 1));
  assert.equal(frames[50]?.type, "output");
});

Deno.test("Journal passes over frames it has, drops those of other runs, and refuses a gap", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [said("1"), said("2")]);
  world.log.append("a", 1, [said("1"), said("2"), said("3")]);
  world.log.append("nobody", 7, [STARTED]);
  assert.throws(() => world.log.append("a", 5, [DONE]), /Frame 4 of the run comes next, not 5/);
  await assert.rejects(world.log.finish("a", 4, [said("4")]), /is not "done"/);
  await assert.rejects(world.log.accept(run("a")), /was accepted before/);
  await world.log.finish("a", 5, [DONE]);
  await world.log.finish("a", 5, [DONE]);
  world.log.append("a", 6, [said("late")]);
  await world.log.flush();
  const expected = [said("1"), said("2"), said("3"), said("4"), DONE];
  assert.deepEqual((await world.log.read("a"))?.frames, numbered(expected));
});

Deno.test("Journal ends an interrupted run, whatever its readers have seen", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED, said("kept")]);
  await world.log.flush();
  world.log.append("a", 3, [said("seen, not kept")]);
  world.ms += 70;
  const after = world.restart();
  await after.interrupted("a");
  await after.interrupted("a");
  await after.interrupted("nobody");
  const end = [{ type: "failed", action: "greet", ...LOST }, { type: "done", outcome: "failed", ms: 70 }];
  const seen = async (seq: number) => (await after.read("a", seq))?.frames;
  assert.deepEqual(await seen(0), numbered([STARTED, said("kept"), ...end] as FrameBody[]));
  assert.deepEqual(await seen(2), end.map((frame, at) => ({ ...frame, seq: 3 + at })));
  assert.deepEqual(await seen(3), end.map((frame, at) => ({ ...frame, seq: 4 + at })));
  assert.deepEqual(await seen(40), end.map((frame, at) => ({ ...frame, seq: 41 + at })));
  assert.deepEqual(await after.unfinished(), []);
});

Deno.test("Journal interrupts a run that goes on here, as a server does that has to stop", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED]);
  await world.log.interrupted("a", { code: "timeout", message: "The server stops" });
  world.log.append("a", 2, [said("late")]);
  const frames = (await world.log.read("a"))?.frames ?? [];
  assert.deepEqual(frames.map(({ type }) => type), ["started", "failed", "done"]);
  assert.deepEqual((await world.log.read("a", 3))?.frames, []);
});

Deno.test("Journal counts attempts before a run is run again, and forgets what it said", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  for (let seq = 1; seq <= 500; seq++) {
    world.log.append("a", seq, [said("old")]);
    await world.log.flush();
  }
  assert.equal(await world.log.again("a"), undefined);
  for (let attempt = 2; attempt <= 12; attempt++) {
    const again = await world.restart().again("a");
    assert.deepEqual(again, { ...run("a"), acceptedMs: 1_000_000, attempt });
  }
  const last = world.restart();
  const both = await Promise.all([last.again("a"), last.again("a")]);
  assert.equal(both.filter((run) => run === undefined).length, 1);
  const next = 12 * ATTEMPT_FRAMES + 1;
  await last.finish("a", next, [said("new"), DONE]);
  const frames = [{ ...said("new"), seq: next }, { ...DONE, seq: next + 1 }];
  assert.deepEqual((await last.read("a"))?.frames, frames);
  assert.deepEqual((await last.read("a", 700))?.frames, frames);
  assert.equal(await last.again("a"), undefined);
});

Deno.test("Journal.whole() forgets the frames that one frame stands for", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  for (let seq = 1; seq <= 20; seq++) {
    world.log.append("a", seq, [said(`${seq}`)]);
    if (seq % 7 === 0) await world.log.flush();
  }
  world.log.whole("a", 20, said("all"));
  await world.log.flush();
  world.log.append("a", 21, [said("21")]);
  await world.log.finish("a", 22, [DONE]);
  const { frames } = await world.log.read("a", 3) as FinishedRun;
  assert.deepEqual(frames, [{ ...said("all"), seq: 20 }, { ...said("21"), seq: 21 }, { ...DONE, seq: 22 }]);
  assert.deepEqual((await world.log.read("a", 20))?.frames, frames.slice(1));
});

Deno.test("Journal.leave() has the next process run what this one did not", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  await world.log.leave("a");
  world.log.append("a", 1, [STARTED]);
  await world.log.finish("a", 2, [DONE]);
  const [left] = await world.restart().unfinished();
  assert.equal(left?.id, "a");
  assert.equal(left?.retry, true);
});

Deno.test("Journal finds a run by what its client calls it", async () => {
  await using world = open();
  await world.log.accept({ ...run("a"), call: "c1" });
  assert.equal(await world.log.runOf("s-a", "c1"), undefined);
  await world.log.finish("a", 1, [STARTED, DONE]);
  const name = await world.log.runOf("s-a", "c1") ?? "";
  assert.equal((await world.log.read(name))?.id, "a");
  assert.equal((await world.log.read(name))?.session, "s-a");
  assert.equal(await world.log.runOf("s-b", "c1"), undefined);
  world.ms += 10_000;
  assert.equal(await world.log.runOf("s-a", "c1"), undefined);
});

Deno.test("Journal keeps inputs and frames of any size", async () => {
  await using world = open();
  const long = '"\\\u{1f600}€\ud800'.repeat(400_000);
  await world.log.accept({ ...run("a"), input: { name: long } });
  assert.equal((await world.restart().unfinished())[0]?.input.name, long);
  world.log.append("a", 1, [said(long)]);
  await world.log.flush();
  await world.log.finish("a", 2, [said(long), DONE]);
  assert.deepEqual((await world.log.read("a"))?.frames, numbered([said(long), said(long), DONE]));
  assert.deepEqual(await world.restart().unfinished(), []);
});

Deno.test("Journal has nothing to show once a run's time is up, and sweeps all of it away", async () => {
  await using world = open();
  for (const id of ["short", "long", "open"]) await world.log.accept(run(id));
  for (let seq = 1; seq <= 450; seq++) {
    world.log.append("long", seq, [said("x")]);
    await world.log.flush();
  }
  world.ms += 60_000;
  await world.log.finish("short", 1, [DONE]);
  await world.log.finish("long", 451, [DONE]);
  world.ms += 9999;
  assert.equal((await world.log.read("long"))?.frames.length, 451);
  assert.equal(await world.log.sweep(), 0);
  world.ms += 1;
  for (const id of ["short", "long"]) assert.equal(await world.log.read(id), undefined);
  assert.equal(await world.log.sweep(), 3);
  assert.deepEqual((await world.records()).map(({ key }) => key), [["runs", "open", "open", 0]]);
});

Deno.test("Journal says what it could not keep, and keeps it with the next", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.full = true;
  await assert.rejects(world.log.accept(run("b")), { code: "no_space" });
  world.log.append("b", 1, [STARTED]);
  world.log.append("a", 1, [STARTED]);
  await world.log.flush();
  assert.equal(world.broken.length, 1);
  await assert.rejects(world.log.finish("a", 2, [DONE]), { code: "no_space" });
  world.full = false;
  await world.log.finish("a", 2, [DONE]);
  assert.deepEqual((await world.log.read("a"))?.frames, numbered([STARTED, DONE]));
  assert.deepEqual(await world.restart().unfinished(), []);
});

Deno.test("Journal keeps each frame once when its time to be kept comes while the end is on its way", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED, said("x")]);
  const disk = Promise.withResolvers<void>();
  world.slow = disk.promise;
  const ends = [world.log.finish("a", 3, [DONE]), world.log.finish("a", 3, [DONE])];
  world.clock.tick(100);
  disk.resolve();
  await Promise.all(ends);
  assert.deepEqual((await world.log.read("a"))?.frames, numbered([STARTED, said("x"), DONE]));
  assert.deepEqual((await world.records()).map(({ key }) => key), [["runs", "over", "a"]]);
});

Deno.test("Journal.flush() resolves when all frames before it are kept, those behind a slow write too", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED]);
  const disk = Promise.withResolvers<void>();
  world.slow = disk.promise;
  const first = world.log.flush();
  world.log.append("a", 2, [said("x")]);
  const second = world.log.flush();
  disk.resolve();
  await Promise.all([first, second]);
  assert.equal(await world.pieces(), 2);
});

Deno.test("Journal keeps no frames of a run before its acceptance is kept: it may still be refused", async () => {
  await using world = open();
  const disk = Promise.withResolvers<void>();
  world.slow = disk.promise.then(() => Promise.reject(new Fault("no_space", "Full")));
  const refused = assert.rejects(world.log.accept(run("a")), { code: "no_space" });
  world.log.append("a", 1, [STARTED]);
  const flushed = world.log.flush();
  disk.resolve();
  await Promise.all([refused, flushed]);
  assert.equal(await world.pieces(), 0);
});

function run(id: string): AcceptedRun {
  const input = { name: "Ada", list: [1, null] };
  return { id, session: `s-${id}`, demo: "/greeter", action: "greet", page: "/greeter", input, retry: true };
}

function said(text: string): FrameBody {
  return { type: "output", action: "greet", values: { out: text }, mode: "set" };
}

function numbered(frames: readonly FrameBody[]): object[] {
  return frames.map((frame, at) => ({ ...frame, seq: at + 1 }));
}

function open() {
  const store = memoryStore({ now: (): number => world.ms });
  // A disk that can be full.
  const disk: Store = {
    get: (key) => store.get(key),
    list: (options) => store.list(options),
    watch: (prefix, options) => store.watch(prefix, options),
    sweep: () => store.sweep(),
    commit: async (ops, options) => {
      if (world.full) throw new Fault("no_space", "Full");
      const version = await store.commit(ops, options);
      await world.slow;
      return version;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  const clock = fakeClock();
  const make = (): Journal =>
    new Journal({
      store: disk,
      now: () => world.ms,
      after: clock.after,
      broke: (error) => world.broken.push(error),
      keepMs: 10_000,
    });
  const world = {
    /** Milliseconds since 1970. */
    ms: 1_000_000,
    full: false,
    /** Commits are told of when this is over. */
    slow: undefined as Promise<void> | undefined,
    broken: [] as unknown[],
    clock,
    log: make(),
    /** A log that knows only what was kept. */
    restart: make,
    records: () => Array.fromAsync(store.list({ prefix: [] })),
    pieces: async () => (await Array.fromAsync(store.list({ prefix: ["runs", "frames"] }))).length,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  return world;
}
