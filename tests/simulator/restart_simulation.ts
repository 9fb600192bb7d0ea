import assert from "node:assert/strict";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { Journal } from "@/lib/engine/journal.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { type Called, Clients } from "./client.ts";
import { simulatedDisk } from "./disk.ts";
import { finalText, KINDS, type Plan, simulatedDemo, textOf } from "./engine_demo.ts";
import { type Server, simulatedNetwork } from "./network.ts";
import type { World } from "./seeds.ts";

const ACTIONS = ["one", "pair", "free", "plain", "timed", "chain", "retried", "retried"] as const;
const EPOCH_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

interface Life extends Server {
  readonly journal: Journal;
  crash(): void;
}

/** A server that crashes under its clients: whatever it acknowledged has an end, and is found by those who come back. */
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
  const crashes = new Set([chance.int(calls), chance.int(calls)]);
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
    if (!crashes.has(call)) continue;
    life.crash();
    disk.crash();
    await time.pass(chance.int(500));
    note("the server starts anew");
    lives++;
    for (const { known, plan } of clients.all) if (known) acknowledged.add(plan.mark);
    const next = begin();
    await waited(recover(next));
    life = next;
  }
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
    const journal = new Journal({ store: disk.open(), now, after, broke, flushMs: chance.pick([5, 100]) });
    const engine = new Engine({
      blobs,
      clock: { now: time.now, after },
      random: chance.bytes,
      secret,
      journal,
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
    for (const name of [`${lives}: ${mark} ${action}`, `${mark} ${action}`]) {
      starts.set(name, (starts.get(name) ?? 0) + 1);
      const twice = starts.get(name)! > 1 && (known && action !== "retried" || name.startsWith(`${lives}:`));
      if (twice) follow(Promise.reject(new Error(`${name} is started twice`)));
    }
  }

  async function verify({ engine, journal }: Life, called: Called): Promise<void> {
    const { plan: { mark }, id, session, heard, known, action } = called;
    const owner = engine.sessions.open(session).id;
    const run = await journal.runOf(owner, id);
    if (run === undefined) return assert.ok(!known, `${mark} was acknowledged and is lost`);
    const past = await journal.read(run);
    assert.ok(past, `${mark} has no end`);
    const kept = past.frames.map(({ seq: _, ...frame }) => frame as FrameBody);
    assert.equal(kept.filter(({ type }) => type === "done").length, 1, `${mark} has not one end`);
    assert.equal(kept.at(-1)?.type, "done", `${mark} says something after its end`);
    if (action === "retried") return verifyRetried(called, kept);
    for (const frames of heard) {
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
  function verifyRetried({ plan, heard }: Called, kept: readonly FrameBody[]): void {
    for (const frames of [...heard, kept]) {
      const end = frames.at(-1);
      const failed = frames.some(({ type }) => type === "failed");
      if (end?.type !== "done" || end.outcome !== "done" || failed) continue;
      assert.equal(textOf(frames), finalText(plan) ?? textOf(frames), `${plan.mark} is not whole`);
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
