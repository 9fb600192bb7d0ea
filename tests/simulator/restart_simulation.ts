import assert from "node:assert/strict";
import { deserialize } from "node:v8";
import type { Call } from "@/lib/engine/call.ts";
import { Engine } from "@/lib/engine/engine.ts";
import { KeptState } from "@/lib/engine/kept_state.ts";
import type { Run } from "@/lib/engine/run.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { Journal, LIFE_FRAMES } from "@/lib/engine/journal.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { type Called, Clients } from "./client.ts";
import { simulatedDisk } from "./disk.ts";
import { finalText, KINDS, type Plan, simulatedDemo, textOf } from "./engine_demo.ts";
import { type Server, simulatedNetwork } from "./network.ts";
import type { World } from "./seeds.ts";

const ACTIONS = [
  "one",
  "pair",
  "free",
  "plain",
  "timed",
  "chain",
  "retried",
  "lined",
  "lined",
  "mark",
  "mark",
  "markAgain",
  "markAgain",
  "markChain",
] as const;
const AGAIN: readonly string[] = ["retried", "lined", "markAgain"];
const MARKS: readonly string[] = ["mark", "markAgain", "markChain"];
const STATE = ["sessions", "state"];
const EPOCH_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

interface Life extends Server {
  readonly journal: Journal;
  crash(): void;
}

/**
 * A server that crashes, stops and finds its disk full under its clients: whatever it acknowledged has an end, and is found
 * by those who come back; an end and what it left in its session are there together or not at all; what may not begin
 * twice does not; and what is cancelled stays so.
 */
export async function simulateRestarts(world: World): Promise<void> {
  const { chance, time, note, follow, check } = world;
  // The clock of the day is put right at times, or wrong. Nothing but what is kept for a day may hang on it.
  let wrongMs = 0;
  const now = () => EPOCH_MS + time.now() + wrongMs;
  const disk = simulatedDisk(world, { now });
  disk.full = false;
  const secret = chance.bytes(32);
  const blobs = memoryBlobs({ now: time.now, random: chance.bytes });
  const starts = new Map<string, number>();
  /** By an earlier process. */
  const acknowledged = new Set<string>();
  /** Said to be cancelled by an earlier process. */
  const cancelled = new Set<string>();
  /** Refused because they could not be kept. */
  const refused = new Set<string>();
  class Watched extends Engine {
    override accept(call: Call & { readonly id?: undefined }): Run | Promise<Run>;
    override accept(call: Call): ReturnType<Engine["accept"]>;
    override accept(call: Call): ReturnType<Engine["accept"]> {
      const told = super.accept(call as Call & { readonly id?: undefined });
      const { mark } = call.input.plan as unknown as Plan;
      // One that was refused because it could not be kept is started anew when it is sent again.
      if (told instanceof Promise) told.catch(() => refused.add(mark));
      return told;
    }
  }
  let lives = 0;
  let life = begin();
  await waited(recover(life));
  const clients = new Clients(world, simulatedNetwork(world, () => life));
  const sessions = [life.engine.sessions.mint(), life.engine.sessions.mint()];
  let going = 0;
  const start = (work: Promise<void>) => {
    going++;
    follow(work.finally(() => going--));
  };
  const calls = 8 + chance.int(12);
  const crashes = new Set(Array.from({ length: 4 }, () => chance.int(calls)));
  for (let call = 0; call < calls; call++) {
    const at = chance.int(sessions.length);
    const plan: Plan = {
      mark: `s${at}#${call}.`,
      kind: chance.pick(KINDS),
      steps: chance.int(8),
      stepMs: chance.pick([0, 5, 40]),
    };
    start(clients.call(sessions[at]!, chance.pick(ACTIONS), plan));
    await time.pass(chance.pick([0, 1, 30, 200]));
    check();
    if (chance.trouble("clock step")) {
      wrongMs = chance.pick([HOUR_MS, -HOUR_MS, 10 * HOUR_MS, -10 * HOUR_MS]);
    }
    if (chance.trouble("disk full")) {
      note("the disk is full for a while");
      disk.full = true;
      time.after(chance.int(3000), () => disk.full = false);
    }
    if (!crashes.has(call)) continue;
    if (chance.yes(0.5)) {
      note("some wait in line");
      for (let waits = 0; waits < 4; waits++) {
        const mark = `s${at}#${call}.${waits}.`;
        start(clients.call(sessions[at]!, "lined", { mark, kind: "later", steps: 8, stepMs: 40 }));
        await time.pass(5);
      }
      await time.pass(chance.int(100));
      check();
    }
    if (chance.yes(0.3)) {
      note("the server stops");
      const drained = waited(life.engine.drain(chance.int(300)));
      // What goes on until the end sees it stop.
      await drained;
    }
    life.crash();
    disk.crash();
    await time.pass(chance.int(500));
    note("the server starts anew");
    lives++;
    for (const { known, cancelKept, plan } of clients.all) {
      if (known) acknowledged.add(plan.mark);
      // What nobody was told of may have begun, and is sent again.
      else for (const name of [...starts.keys()]) if (name.startsWith(`${plan.mark} `)) starts.delete(name);
      if (cancelKept) cancelled.add(plan.mark);
    }
    await verifyMarks();
    const next = begin();
    await waited(recover(next));
    life = next;
  }
  // What could not be kept is tried again every two seconds.
  await time.pass(3000);
  await time.pass(2000);
  for (let ms = 0; going > 0 || life.engine.load.busy > 0; ms += 25) {
    assert.ok(ms < 300_000, `it never ends: ${going} clients`);
    await time.pass(25);
    check();
  }
  await waited(life.engine.drain(100_000));
  await waited(life.journal[Symbol.asyncDispose]());
  life.engine.close();
  // Those that went away are waited for no longer.
  const last = begin();
  assert.deepEqual(await waited(last.journal.unfinished()), [], "runs are left without an end");
  await verifyMarks();
  for (const called of clients.all) await waited(verify(last, called));

  function begin(): Life {
    const { promise: gone, reject } = Promise.withResolvers<never>();
    gone.catch(() => {});
    let isGone = false;
    const after = (ms: number, callback: () => void) => time.after(ms, () => isGone || callback());
    const nothing = new Promise<never>(() => {});
    const { demo } = simulatedDemo({
      sleep: (ms) => time.sleep(ms).then(() => isGone ? nothing : undefined),
      enter: (action, { mark }) => {
        if (!isGone) started(action, mark);
        return () => {};
      },
    });
    const broke = (error: unknown) => {
      note(`broke: ${error}`);
      return "broke";
    };
    const kept = { store: disk.open(), now, after, broke };
    const journal = new Journal({ ...kept, flushMs: chance.pick([5, 100]) });
    const engine = new Watched({
      blobs,
      clock: { now: time.now, after },
      random: chance.bytes,
      secret,
      journal,
      state: new KeptState(kept),
      graceMs: 20_000,
      broke,
    });
    return {
      engine,
      demo,
      journal,
      gone,
      crash: () => {
        isGone = true;
        reject(new TypeError("connection reset"));
      },
    };
  }

  /** As a server does at its start: it ends what may not go on, and loads the pages of what may. */
  async function recover({ engine, demo }: Life): Promise<void> {
    const pages = await engine.recover();
    if (pages.length > 0) note(`${pages} is loaded for what goes on`);
    for (const page of pages) await engine.meet(page, demo);
  }

  function started(action: string, mark: string): void {
    note(`${mark} ${action} starts`);
    // One that was not acknowledged when the process went may have started, and is sent again.
    const known = acknowledged.has(mark);
    if (cancelled.has(mark)) {
      follow(Promise.reject(new Error(`${mark} begins after it was cancelled for good`)));
    }
    for (const name of [`${lives}: ${mark} ${action}`, `${mark} ${action}`]) {
      starts.set(name, (starts.get(name) ?? 0) + 1);
      const twice = starts.get(name)! > 1 &&
        (known && !mayBeAgain(mark) || name.startsWith(`${lives}:`) && !refused.has(mark));
      if (twice) follow(Promise.reject(new Error(`${name} is started twice`)));
    }
  }

  function mayBeAgain(mark: string): boolean {
    return AGAIN.includes(clients.all.find(({ plan }) => plan.mark === mark)?.action ?? "");
  }

  /** What is on the disk of each run that leaves its mark: its end has it, and its session has it, or neither does. */
  async function verifyMarks(): Promise<void> {
    const { over, marks } = await onDisk();
    for (const { action, plan: { mark, kind }, session } of clients.all) {
      if (!MARKS.includes(action)) continue;
      const owner = life.engine.sessions.open(session).id;
      const count = (marks.get(owner) ?? []).filter((one) => one === mark).length;
      assert.ok(count <= 1, `${mark} left its mark ${count} times`);
      if (kind === "throws" || kind === "rejects") assert.equal(count, 0, `${mark} failed and left its mark`);
      const end = over.get(mark);
      const isSaid = end !== undefined && end.includes(`"${mark} marked"`) && !end.includes('"interrupted"');
      assert.equal(count === 1, isSaid, `the end of ${mark} and its state are not one`);
    }
  }

  /** All that was said by runs that are over, by mark, and the marks of each session. */
  async function onDisk(): Promise<{ over: Map<string, string>; marks: Map<string, string[]> }> {
    const over = new Map<string, string>();
    const marks = new Map<string, string[]>();
    const said = new Map<string, string>();
    for (const { key, value } of await disk.records()) {
      const [kind, , name] = key as [string, string, string];
      if (key[1] === "frames") said.set(name, (said.get(name) ?? "") + value);
      if (kind === STATE[0] && key[4] === "marks") {
        const { total, bytes } = value as { total: number; bytes: Uint8Array };
        marks.set(name, deserialize(bytes.subarray(0, total)) as string[]);
      }
    }
    for (const { key, value } of await disk.records()) {
      if (key[1] !== "over") continue;
      const name = String(key[2]);
      const call = clients.all.find(({ id }) => name.endsWith(`/${id}`));
      if (call) over.set(call.plan.mark, (said.get(name) ?? "") + (value as { tail: string }).tail);
    }
    return { over, marks };
  }

  async function verify({ engine, journal }: Life, called: Called): Promise<void> {
    const { plan: { mark }, id, session, heard, known, action } = called;
    const owner = engine.sessions.open(session).id;
    const run = await journal.runOf(owner, id);
    if (run === undefined) return assert.ok(!known, `${mark} was acknowledged and is lost`);
    const past = await journal.read(run);
    assert.ok(past, `${mark} has no end`);
    const kept = past.frames.map(({ seq: _, ...frame }) => frame as FrameBody);
    if (called.cancelKept) {
      assert.ok(kept.at(-1)?.type === "done", `${mark} was cancelled and has no end`);
    }
    assert.equal(kept.filter(({ type }) => type === "done").length, 1, `${mark} has not one end`);
    assert.equal(kept.at(-1)?.type, "done", `${mark} says something after its end`);
    // One that went on in another process, because it may or because it had only waited, begins with a whole frame.
    if (AGAIN.includes(action) || past.frames[0]!.seq > LIFE_FRAMES) return verifyRetried(called, kept);
    for (const all of heard) {
      // It was said that this end is not kept, or that what was heard goes on from another process.
      const [first, last] = [all[0], all.at(-1)];
      if (last?.type === "done" && last.kept === false || first?.type === "output" && first.whole) continue;
      // Whether it was kept when it was told is nothing that is kept.
      const frames = all.map((frame) => {
        if (frame.type !== "done") return frame;
        const { kept: _, ...done } = frame;
        return done;
      });
      const same = frames.findIndex((frame, at) => JSON.stringify(frame) !== JSON.stringify(kept[at]));
      if (same === -1) continue;
      // It was cut off: what was kept goes on with its end where readers may have heard more.
      const cut = kept.at(-2) as FrameBody & { code?: string };
      assert.ok(
        cut.type === "failed" && ["interrupted", "offline"].includes(cut.code ?? ""),
        `${mark} is told two ways`,
      );
      assert.ok(same >= kept.length - 2, `${mark} lost what was kept`);
    }
  }

  /**
   * Whoever heard the end has all that an attempt gave, whatever was heard of those before. The end is told before it is
   * kept: where a crash comes in between, the run goes once more and ends once more, unheard.
   */
  function verifyRetried({ plan, heard, action }: Called, kept: readonly FrameBody[]): void {
    for (const frames of [...heard, kept]) {
      const end = frames.at(-1);
      const failed = frames.some(({ type }) => type === "failed");
      if (end?.type !== "done" || end.outcome !== "done" || failed) continue;
      const whole = MARKS.includes(action) ? `${plan.mark} marked` : finalText(plan);
      assert.equal(textOf(frames), whole ?? textOf(frames), `${plan.mark} is not whole`);
    }
  }

  async function waited<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const done = () => over = true;
    promise.then(done, done);
    await time.settle();
    for (let ms = 0; !over; ms += 10) {
      assert.ok(ms < 200_000, "it never ends");
      await time.pass(10);
      check();
    }
    return await promise;
  }
}
