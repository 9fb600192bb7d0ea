import assert from "node:assert/strict";
import type { Journal } from "@/lib/engine/journal.ts";
import { nameOf } from "@/lib/engine/journal_run.ts";
import { simulatedDisk } from "./disk.ts";
import { baseOf, JournalProcess, KEEP_MS, type Told } from "./journal_process.ts";
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
    const process = new JournalProcess(world, disk.open(), now, all);
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
  const last = new JournalProcess(world, disk.open(), now, all);
  for (const told of await waited(verify(last.journal))) last.start(last.interrupt(told));
  await waited(last.end());
  assert.deepEqual(await waited(verify(last.journal)), []);
  time.tick(KEEP_MS + 1);
  await waited(last.retried(() => last.journal.sweep()));
  assert.deepEqual((await disk.records()).map(({ key }) => key), [], "something is kept for ever");

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

  /** What a new process finds of what the ones before it were told. Gives the runs that have no end. */
  async function verify(journal: Journal): Promise<Told[]> {
    const unfinished = new Map((await journal.unfinished()).map((run) => [run.id, run]));
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
          assert.deepEqual(kept, said.slice(0, kept.length), `${id} says what it did not say`);
          assert.deepEqual(frames.slice(-2).map(({ type }) => type), ["failed", "done"]);
          assert.ok(
            kept.length >= told.kept,
            `${id} lost ${told.kept - kept.length} frames that were on the disk`,
          );
        } else {
          assert.deepEqual(frames, said, `${id} is not whole`);
          assert.deepEqual(seqs, said.map((_, at) => baseOf(told) + at + 1), `${id} has a gap`);
        }
        const seen = chance.int(said.length + 1);
        const rest = (await journal.read(nameOf(told.run), baseOf(told) + seen))!.frames;
        if (told.cut) {
          const from = rest[0]!.seq;
          assert.ok(from > baseOf(told) + seen || seen === 0, `${id} repeats what was seen`);
          assert.deepEqual(rest.map(({ seq }) => seq), rest.map((_, at) => from + at), `${id} has a gap`);
          assert.equal(rest.at(-1)?.type, "done", `${id} has no end for who saw ${seen}`);
        } else assert.deepEqual(rest, over.frames.slice(seen), `${id} after ${seen}`);
        [told.accept, told.end] = ["acknowledged", "acknowledged"];
      } else if (open) {
        const attempts = told.between ? [told.attempt, told.attempt + 1] : [told.attempt];
        assert.ok(attempts.includes(open.attempt), `${id} is at attempt ${open.attempt}, not ${attempts}`);
        assert.deepEqual(open.input, told.run.input);
        // Its frames of before may be gone where it was to be run again.
        if (open.attempt > told.attempt) told.said = [];
        Object.assign(told, { accept: "acknowledged", end: "open", between: false, cut: false });
        told.attempt = open.attempt;
        left.push(told);
      }
    }
    return left;
  }
}
