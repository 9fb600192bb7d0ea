import assert from "node:assert/strict";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Call } from "@/lib/engine/call.ts";
import type { Run } from "@/lib/engine/run.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { type Called, Clients } from "./client.ts";
import { finalText, KINDS, type Plan, simulatedDemo, textOf } from "./engine_demo.ts";
import { PAGE, simulatedNetwork } from "./network.ts";
import type { World } from "./seeds.ts";

const ACTIONS = ["one", "pair", "urgent", "free", "plain", "timed", "chain", "add"] as const;
const GROUPS: Readonly<Record<string, string>> = { pair: "pair", urgent: "pair" };
const GRACE_MS = 2000;

/** Sessions whose clients call an engine over a network that breaks: each call has one end, and everybody hears it. */
export async function simulateEngine(world: World): Promise<void> {
  const { chance, time, note, follow, check } = world;
  const plainLimit = chance.pick([1, 2, 16]);
  const limits: Record<string, number> = { one: 1, pair: 2, timed: 2, plain: plainLimit, chain: plainLimit };
  const starts = new Map<string, number>();
  const running = new Map<string, Set<AbortSignal>>();
  const submitted: string[] = [];
  const lastStart = new Map<string, number>();

  const enter = (action: string, mark: string, signal: AbortSignal) => {
    const name = `${mark} ${action}`;
    note(`${name} starts`);
    starts.set(name, (starts.get(name) ?? 0) + 1);
    assert.equal(starts.get(name), 1, `${name} is started twice`);
    inOrder(action, mark);
    const group = GROUPS[action] ?? action;
    const all = running.get(group) ?? new Set();
    running.set(group, all.add(signal));
    // One that was told to end is not waited for where its time is up.
    const busy = [...all].filter(({ aborted }) => !aborted).length;
    assert.ok(busy <= (limits[group] ?? Infinity), `${busy} handlers of ${group} run at once`);
  };
  const { demo } = simulatedDemo({
    sleep: time.sleep,
    enter: (action, { mark }, { signal }) => {
      // What a handler throws is its own failure: here it is one of the engine.
      follow(new Promise((resolve) => resolve(enter(action, mark, signal))));
      return () => void running.get(GROUPS[action] ?? action)?.delete(signal);
    },
  });
  class Watched extends Engine {
    override accept(call: Call & { readonly id?: undefined }): Run | Promise<Run>;
    override accept(call: Call): ReturnType<Engine["accept"]>;
    override accept(call: Call): ReturnType<Engine["accept"]> {
      const { mark } = call.input.plan as unknown as Plan;
      if (!submitted.includes(mark)) submitted.push(mark);
      return super.accept(call as Call & { readonly id?: undefined });
    }
  }
  const engine = new Watched({
    blobs: memoryBlobs({ now: time.now, random: chance.bytes }),
    clock: time,
    random: chance.bytes,
    secret: chance.bytes(32),
    concurrencyLimit: plainLimit,
    queueSize: chance.pick([2, 1000]),
    graceMs: GRACE_MS,
    // Its timer goes on for a minute after the last run.
    runMs: null,
    broke: () => "broke",
  });
  const { promise: gone } = Promise.withResolvers<never>();
  const clients = new Clients(world, simulatedNetwork(world, () => ({ engine, demo, gone })));
  const sessions = Array.from({ length: 1 + chance.int(4) }, () => engine.sessions.mint());
  let going = 0;
  const start = (work: Promise<void>) => {
    going++;
    follow(work.finally(() => going--));
  };
  const calls = 8 + chance.int(24);
  for (let call = 0; call < calls; call++) {
    const at = chance.int(sessions.length);
    const session = sessions[at]!;
    const plan: Plan = {
      mark: `s${at}#${call}.`,
      kind: chance.pick(KINDS),
      steps: chance.int(8),
      stepMs: chance.pick([0, 5, 40]),
    };
    start(clients.call(session, chance.pick(ACTIONS), plan));
    if (chance.yes(0.1)) start(clients.pry(session));
    await time.pass(chance.pick([0, 1, 30, 200]));
    check();
  }
  for (let ms = 0; going > 0 || time.waiting > 0; ms += 25) {
    assert.ok(ms < 200_000, `it never ends: ${going} clients, ${time.waiting} timers`);
    await time.pass(25);
    check();
  }
  const { waiting, busy } = engine.load;
  assert.deepEqual({ waiting, busy }, { waiting: 0, busy: 0 }, "places or waiting calls are left");
  for (const called of clients.all) verify(called);
  for (const session of sessions) verifyCounts(session);
  engine.close();
  assert.equal(time.waiting, 0, "timers are left");

  /** Of one session and group, what came first is started first. */
  function inOrder(action: string, mark: string): void {
    if (action === "good") return;
    const place = submitted.indexOf(mark);
    const lane = `${mark.split("#")[0]} ${action}`;
    assert.ok(
      place > (lastStart.get(lane) ?? -1),
      `${mark} of ${action} is started after one that came later`,
    );
    lastStart.set(lane, place);
  }

  function logOf({ id, session, refused, plan }: Called): readonly FrameBody[] | undefined {
    try {
      return engine.find(id, { session: engine.sessions.open(session).id, page: PAGE }).log;
    } catch {
      assert.ok(refused !== undefined || !submitted.includes(plan.mark), `${plan.mark} is lost`);
      return undefined;
    }
  }

  function verify(called: Called): void {
    const { plan, heard, cancelled, action, unreadMs } = called;
    const { mark } = plan;
    const log = logOf(called)?.map((frame) => JSON.parse(JSON.stringify(frame)) as FrameBody);
    if (!log) {
      return assert.ok(heard.every((frames) => frames.length === 0), `${mark} was heard of and is lost`);
    }
    const ends = log.filter(({ type }) => type === "done");
    assert.equal(ends.length, 1, `${mark} has ${ends.length} ends`);
    assert.equal(log.at(-1)?.type, "done", `${mark} says something after its end`);
    for (const frames of heard) {
      assert.deepEqual(frames, log.slice(0, frames.length), `readers of ${mark} hear different things`);
    }
    const said = JSON.stringify(log);
    assert.ok(!said.includes("secret"), `${mark} tells what is not for clients`);
    for (const [other] of said.matchAll(/s\d+#\d+\./g)) {
      assert.equal(other, mark, `${mark} hears of ${other}`);
    }
    const [end] = ends as [FrameBody & { type: "done" }];
    if (end.outcome === "cancelled") {
      assert.ok(cancelled || unreadMs >= GRACE_MS, `${mark} is cancelled and nobody asked for it`);
    }
    const failed = log.some(({ type }) => type === "failed");
    if (end.outcome !== "done" || failed || action === "add") return;
    assert.equal(starts.get(`${mark} ${action}`), 1, `${mark} ended well and was not started`);
    const whole = finalText(plan);
    if (whole !== undefined) assert.equal(textOf(log), whole, `${mark} is not whole`);
  }

  function verifyCounts(session: string): void {
    const counts = clients.all.filter((called) => called.session === session && called.action === "add")
      .flatMap(
        (called) =>
          (logOf(called) ?? []).flatMap((frame) => frame.type === "output" ? [frame.values.count] : []),
      );
    const right = counts.map((_, at) => at + 1);
    assert.deepEqual((counts as number[]).sort((a, b) => a - b), right, "a session's value is not its own");
  }
}
