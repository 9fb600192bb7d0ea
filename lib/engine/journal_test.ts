import assert from "node:assert/strict";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { type AcceptedRun, type FinishedRun, Journal, LIFE_FRAMES } from "./journal.ts";

const STARTED: FrameBody = { type: "started", action: "greet" };
const DONE: FrameBody = { type: "done", outcome: "done", ms: 5 };
const LOST = {
  code: "interrupted",
  message: "The server restarted before this finished. Start it again",
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
    { ...run("a"), acceptedMs: 1_000_000, order: 1_000_000_000, attempt: 1, begun: false },
    { ...run("c"), acceptedMs: 1_000_000, order: 1_000_000_002, attempt: 1, begun: false },
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
  const after = world.restart();
  await after.unfinished();
  await after.interrupted("a");
  const frames = (await world.log.read("a"))?.frames ?? [];
  const seqs = [...Array.from({ length: 51 }, (_, at) => at + 1), LIFE_FRAMES + 1, LIFE_FRAMES + 2];
  assert.deepEqual(frames.map(({ seq }) => seq), seqs);
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

Deno.test("Journal ends an interrupted run with the same frames and numbers for ever, whatever its readers have seen", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.append("a", 1, [STARTED, said("kept")]);
  await world.log.flush();
  world.log.append("a", 3, [said("seen, not kept")]);
  world.ms += 70;
  const after = world.restart();
  await after.unfinished();
  await after.interrupted("a");
  await after.interrupted("a");
  await after.interrupted("nobody");
  const end = [
    { type: "failed", action: "greet", ...LOST, whole: true, seq: LIFE_FRAMES + 1 },
    { type: "done", outcome: "failed", ms: 70, seq: LIFE_FRAMES + 2 },
  ];
  const seen = async (seq: number) => (await after.read("a", seq))?.frames;
  assert.deepEqual(await seen(0), [...numbered([STARTED, said("kept")]), ...end]);
  for (const last of [2, 3, 40, LIFE_FRAMES]) assert.deepEqual(await seen(last), end);
  assert.deepEqual(await seen(LIFE_FRAMES + 1), end.slice(1));
  for (const last of [2, 3, 40]) assert.deepEqual(await seen(LIFE_FRAMES + last), []);
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

Deno.test("Journal counts begins, not processes, and forgets what a run said once it says something anew", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  for (let seq = 1; seq <= 500; seq++) {
    world.log.append("a", seq, [said("old")]);
    await world.log.flush();
  }
  assert.equal(world.log.again("a"), undefined);
  const attempts: (number | undefined)[] = [];
  for (let life = 1; life <= 10; life++) {
    const log = world.restart();
    await log.unfinished();
    attempts.push(log.again("a")?.attempt);
    if (life % 3 === 0) await log.begin("a");
  }
  assert.deepEqual(attempts, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
  const last = world.restart();
  await last.unfinished();
  const both = [last.again("a"), last.again("a")];
  assert.equal(both.filter((run) => run === undefined).length, 1);
  const next = 11 * LIFE_FRAMES + 1;
  assert.equal(last.base + 1, next);
  await last.finish("a", next, [said("new"), DONE]);
  const frames = [{ ...said("new"), seq: next }, { ...DONE, seq: next + 1 }];
  assert.deepEqual((await last.read("a"))?.frames, frames);
  assert.deepEqual((await last.read("a", 700))?.frames, frames);
  assert.equal(last.again("a"), undefined);
});

Deno.test("Journal knows that a run has begun that may not begin twice, before it does", async () => {
  await using world = open();
  await world.log.accept({ ...run("a"), retry: false });
  await world.log.leave("a");
  const second = world.restart();
  const [left] = await second.unfinished();
  assert.deepEqual([left?.left, left?.retry, left?.attempt], [true, false, 0]);
  assert.ok(second.again("a"));
  const waiting = world.restart();
  assert.deepEqual((await waiting.unfinished()).map(({ left }) => left), [true]);
  await second.begin("a");
  const third = world.restart();
  const [begun] = await third.unfinished();
  assert.deepEqual([begun?.left, begun?.retry, begun?.attempt], [undefined, false, 1]);
});

Deno.test("Journal gives unfinished runs in the order of their acceptance, those first that had begun", async () => {
  await using world = open();
  const names = ["e", "b", "d", "a", "c"];
  for (const name of names) {
    await world.log.accept(run(name));
    if (name === "b") world.ms -= 500_000;
  }
  world.log.append("d", 1, [{ type: "queued", position: 1, of: 1 }]);
  world.log.append("a", 1, [{ type: "queued", position: 1, of: 1 }, STARTED]);
  await world.log.flush();
  const ids = async () => (await world.restart().unfinished()).map(({ id }) => id);
  assert.deepEqual(await ids(), ["a", "e", "b", "d", "c"]);
});

Deno.test("Journal keeps the last whole values of a run until the next are kept", async () => {
  await using world = open();
  await world.log.accept(run("a"));
  world.log.whole("a", 1, said("first"));
  await world.log.flush();
  world.log.whole("a", 2, said("second"));
  world.full = true;
  await world.log.flush();
  assert.match(JSON.stringify(await world.records()), /first/);
  world.full = false;
  world.crashAfter = 1;
  void world.log.flush();
  await new Promise((resolve) => setTimeout(resolve));
  world.crashAfter = undefined;
  const after = world.restart();
  await after.unfinished();
  await after.interrupted("a");
  const said2 = (await after.read("a"))?.frames.map((frame) => frame.type === "output" && frame.values.out);
  assert.deepEqual(said2, ["second", false, false]);
});

Deno.test("Journal keeps what a run leaves in its session with its end, and in the order of the ends", async () => {
  await using world = open();
  const left = (value: string) => ({
    session: "s",
    ops: [{ type: "set", key: ["state"], value }] as const,
    settled: () => settled.push(value),
  });
  const settled: string[] = [];
  const state = async () => (await world.records()).find(({ key }) => key[0] === "state")?.value;
  for (const id of ["a", "b"]) await world.log.accept(run(id));
  world.full = true;
  const first = world.log.finish("a", 1, [DONE], left("one"));
  const second = world.log.finish("b", 1, [DONE], left("two"));
  await assert.rejects(first, { code: "no_space" });
  await assert.rejects(second, { code: "no_space" });
  assert.deepEqual([await state(), settled], [undefined, []]);
  assert.deepEqual((await world.log.read("a"))?.frames, numbered([DONE]), "it can be read until it is kept");
  world.full = false;
  world.clock.tick(2000);
  await world.log.flush();
  assert.deepEqual([await state(), settled], ["two", ["one", "two"]]);
  assert.deepEqual(await world.restart().unfinished(), []);
  assert.equal(world.clock.waiting, 0);
});

Deno.test("Journal ends thousands of runs in a few commits, and without room keeps their ends to be read", async () => {
  await using world = open();
  const ids = Array.from({ length: 3000 }, (_, at) => `r${at}`);
  await Promise.all(ids.map((id) => world.log.accept({ ...run(id), retry: false })));
  const after = world.restart();
  world.full = true;
  const runs = await after.unfinished();
  assert.equal(runs.length, 3000);
  await after.interruptAll(runs);
  assert.equal(after.isOpen, false);
  assert.deepEqual((await after.read("r7"))?.frames.map(({ type }) => type), ["failed", "done"]);
  world.full = false;
  const before = world.commits;
  world.clock.tick(2000);
  await after.opened;
  await after.flush();
  assert.ok(world.commits - before <= 12, `${world.commits - before} commits`);
  assert.deepEqual(await world.restart().unfinished(), []);
  assert.deepEqual((await after.read("r7"))?.frames.map(({ seq }) => seq), [
    LIFE_FRAMES + 1,
    LIFE_FRAMES + 2,
  ]);
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
  assert.deepEqual([left?.left, left?.retry], [true, true]);
});

Deno.test("Journal.leave() leaves nothing of a run whose acceptance was refused", async () => {
  await using world = open();
  world.full = true;
  const refused = assert.rejects(world.log.accept(run("a")), /Full/);
  const left = world.log.leave("a");
  await refused;
  world.full = false;
  await left;
  assert.deepEqual(await world.records(), []);
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
    sizes: (options) => store.sizes(options),
    watch: (prefix, options) => store.watch(prefix, options),
    sweep: () => store.sweep(),
    commit: async (ops, options) => {
      await undefined;
      if (world.full) throw new Fault("no_space", "Full");
      if (world.crashAfter !== undefined && world.crashAfter-- <= 0) {
        return await new Promise<never>(() => {});
      }
      world.commits++;
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
    /** After how many commits the process is gone. */
    crashAfter: undefined as number | undefined,
    /** How many there were. */
    commits: 0,
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
