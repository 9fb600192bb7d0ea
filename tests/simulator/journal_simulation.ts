import assert from "node:assert/strict";
import type { Journal } from "@/lib/engine/journal.ts";
import { nameOf, OPEN, OVER } from "@/lib/engine/journal_run.ts";
import type { Store } from "@/lib/store/records.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { simulatedDisk } from "./disk.ts";
import { JournalProcess, KEEP_MS, type Told } from "./journal_process.ts";
import type { World } from "./seeds.ts";

const LIVES = 4;

/** A journal in a process that crashes, on a disk that is slow and full at times: nothing acknowledged is lost. */
export async function simulateJournal(world: World): Promise<void> {
  const { chance, time, note, check } = world;
  const now = () => 1_000_000 + time.now();
  const disk = simulatedDisk(world, { now });
  const all: Told[] = [];

  for (let life = 0; life < LIVES; life++) {
    note(`process ${life} starts`);
    const store = disk.open();
    const process = new JournalProcess(world, store, { now, all, states: await waited(statesOf(store)) });
    for (const told of await waited(verify(process.journal))) {
      if (chance.yes(0.3)) process.start(process.runAgain(told));
      else if (chance.yes(0.5)) process.start(process.interrupt(told));
    }
    const steps = 20 + chance.int(60);
    for (let step = 0; step < steps; step++) {
      if (chance.yes(0.3)) process.start(process.newRun());
      await time.pass(chance.int(40));
      check();
    }
    if (chance.yes(0.2)) {
      note("the process ends in order");
      await waited(process.end());
      assert.equal(time.waiting, 0, "timers are left");
    } else {
      process.crash();
      disk.crash();
      while (time.waiting > 0) await time.pass(500);
    }
  }
  const store = disk.open();
  const last = new JournalProcess(world, store, { now, all, states: await waited(statesOf(store)) });
  for (const told of await waited(verify(last.journal))) last.start(last.interrupt(told));
  await waited(last.end());
  assert.deepEqual(await waited(verify(last.journal)), []);
  time.tick(KEEP_MS + 1);
  await waited(last.retried(() => last.journal.sweep()));
  const kept = (await disk.records()).map(({ key }) => key).filter(([kind]) => kind !== "state");
  assert.deepEqual(kept.filter((key) => key.join() !== "runs,life"), [], "something is kept for ever");

  /** Lets time go by until it is done. */
  async function waited<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const done = () => over = true;
    promise.then(done, done);
    await time.settle();
    for (let ms = 0; !over; ms += 10) {
      assert.ok(ms < 1_000_000, "it never ends");
      check();
      await time.pass(10);
    }
    return await promise;
  }

  /** What sessions hold, as it is kept: each run that left something there and is over is in it, and no other. */
  async function statesOf(store: Store): Promise<Map<string, string[]>> {
    const states = new Map<string, string[]>();
    for await (const { key, value } of store.list({ prefix: ["state"] })) {
      states.set(String(key[1]), value as string[]);
    }
    for (const { run, left } of all) {
      if (!left) continue;
      const isOver = await store.get([...OVER, nameOf(run)]) !== undefined;
      // Of one that was refused nothing is there, and nobody counts on it.
      if (!isOver && !await store.get([...OPEN, nameOf(run), 0])) continue;
      const isThere = states.get(run.session)?.includes(run.id) ?? false;
      assert.equal(isThere, isOver, `the end and the state of ${run.id} are not one`);
    }
    return states;
  }

  /** What a new process finds of what the ones before it were told. Gives the runs that have no end. */
  async function verify(journal: Journal): Promise<Told[]> {
    const runs = await journal.unfinished();
    const places = new Map(all.map(({ run }, at) => [run.id, at]));
    for (const [at, { id, begun = false }] of runs.entries()) {
      const before = runs[at - 1];
      if (!before) continue;
      const inOrder = (before.begun ?? false) === begun && places.get(before.id)! < places.get(id)!;
      assert.ok(inOrder || before.begun && !begun, `${id} comes after ${before.id}`);
    }
    const unfinished = new Map(runs.map((run) => [run.id, run]));
    const left: Told[] = [];
    for (const told of all) {
      const { run: { id, session, call }, said } = told;
      const open = unfinished.get(id);
      const over = await journal.read(nameOf(told.run));
      assert.equal(over?.id ?? id, id);
      assert.ok(!open || !over, `${id} is finished and unfinished`);
      if (told.accept === "refused") {
        // An end that overtook the refusal may be kept for its time: nobody was told of the run.
        assert.ok(!open && (!over || told.end === "asked"), `${id} was refused and is there`);
        continue;
      }
      if (told.accept === "acknowledged") {
        assert.ok(open || over, `${id} was accepted and is lost`);
        const found = await journal.runOf(session, call!);
        assert.equal(found, over && nameOf(told.run), `the call of ${id} is lost`);
      }
      if (told.end === "acknowledged") assert.ok(over, `the end of ${id} is lost`);
      if (told.end === "open" && !told.cut) assert.ok(!over, `${id} has an end that nobody gave it`);
      if (over) {
        const frames = over.frames.map(({ seq: _, ...frame }) => frame);
        const seqs = over.frames.map(({ seq }) => seq);
        if (told.cut) {
          const kept = frames.slice(0, -2);
          // Where nothing of this attempt is on the disk, the one before it is still there.
          const before = told.kept === 0 ? told.earlier.filter((said) => startsWith(said, kept)) : [];
          if (before.length === 0) {
            assert.deepEqual(kept, said.slice(0, kept.length), `${id} says what it did not say`);
          }
          assert.deepEqual(frames.slice(-2).map(({ type }) => type), ["failed", "done"]);
          assert.ok(
            kept.length >= told.kept,
            `${id} lost ${told.kept - kept.length} frames that were on the disk`,
          );
        } else {
          assert.deepEqual(frames, said, `${id} is not whole`);
          assert.deepEqual(seqs, said.map((_, at) => told.base + at + 1), `${id} has a gap`);
        }
        for (const { seq, ...frame } of over.frames) told.hear(seq, frame);
        const seen = chance.int(said.length + 1);
        const rest = (await journal.read(nameOf(told.run), told.base + seen))!.frames;
        if (told.cut) {
          assert.ok(rest[0]!.seq > told.base + seen, `${id} repeats what was seen`);
          for (const [at, { seq, ...frame }] of rest.entries()) {
            const follows = at === 0 || seq === rest[at - 1]!.seq + 1;
            assert.ok(follows || frame.type === "failed" && frame.whole, `${id} has a gap`);
          }
          assert.equal(rest.at(-1)?.type, "done", `${id} has no end for who saw ${seen}`);
        } else assert.deepEqual(rest, over.frames.slice(seen), `${id} after ${seen}`);
        [told.accept, told.end] = ["acknowledged", "acknowledged"];
      } else if (open) {
        const attempts = told.between ? [told.attempt, told.attempt + 1] : [told.attempt];
        assert.ok(attempts.includes(open.attempt), `${id} is at attempt ${open.attempt}, not ${attempts}`);
        assert.deepEqual(open.input, told.run.input);
        Object.assign(told, { accept: "acknowledged", end: "open", between: false, cut: false, left: false });
        told.attempt = open.attempt;
        left.push(told);
      }
    }
    return left;
  }
}

function startsWith(said: readonly FrameBody[], kept: readonly FrameBody[]): boolean {
  return JSON.stringify(said.slice(0, kept.length)) === JSON.stringify(kept);
}
