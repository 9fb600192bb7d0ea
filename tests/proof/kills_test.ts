// deno-lint-ignore-file no-console -- a proof reports what it did
import assert from "node:assert/strict";
import { chanceOf } from "@/tests/simulator/chance.ts";
import { canceller, liner, person, read, sender, sleeper, type Stage } from "./actors.ts";
import { Caller, Op } from "./caller.ts";
import { judge, MOST_BEGINS } from "./verdict.ts";
import { pause, type Server, World } from "./world.ts";

const KILLS = Number(Deno.env.get("KILLS") ?? 300);
const SEED = Number(Deno.env.get("SEED") ?? 1);
/** How long runs that may run again have to begin by themselves: a bound, the figure is in the report. */
const MOST_WAIT_MS = 60_000;

Deno.test({
  name:
    `A server that is killed ${KILLS} times keeps what it acknowledged: runs, state, cancels, order, files, logins`,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using world = await World.open(chanceOf(SEED));
    const { chance, disk } = world;
    const stage: Stage = {
      world,
      caller: new Caller(world),
      over: false,
      ops: [],
      cancelled: new Map(),
      lines: [],
      sessions: [],
    };
    const actors = [
      ...Array.from({ length: 8 }, () => person(stage, "/rel")),
      ...Array.from({ length: 3 }, () => person(stage, "/club/rel")),
      ...Array.from({ length: 2 }, () => canceller(stage)),
      liner(stage),
      sleeper(stage),
      sleeper(stage),
      sender(stage),
      sender(stage),
    ];
    await world.start();
    for (let round = 0; round < KILLS; round++) {
      const trouble = chance.int(10);
      world.scene = `round ${round}, ${
        ["slow disk", "slow disk", "full disk", "broken disk"][trouble] ?? "well"
      }`;
      if (trouble < 2) disk.set({ slowMs: 5 + chance.int(20) });
      await pause(100 + chance.int(1000));
      if (trouble === 2 || trouble === 3) {
        const fault = trouble === 2 ? "full" : "broken";
        disk.set({ fault });
        world.broken ||= fault === "broken";
        world.count(`rounds with a ${fault} disk`);
        await pause(50 + chance.int(500));
        // Sometimes it stays so until the server is gone and another has come.
        if (chance.yes(0.5)) {
          disk.set({});
          await pause(chance.int(800));
        }
      } else if (trouble < 2) world.count("rounds with a slow disk");
      await world.kill(chance.yes(0.15) ? "SIGTERM" : "SIGKILL");
      if (chance.yes(0.1)) {
        await world.startAndKill(chance.int(600));
        world.count("kills while it starts");
      }
      if (trouble !== 2 || chance.yes(0.5)) disk.set({});
      await world.start(chance.yes(0.3) ? (server) => runsAgain(stage, server) : undefined);
      disk.set({});
      if (round % 20 === 19) console.log(`${round + 1} rounds, ${stage.ops.length} calls`);
    }
    stage.over = true;
    let acting = true;
    const ended = Promise.all(actors).finally(() => acting = false);
    while (await Promise.race([ended.then(() => false), pause(2000).then(() => acting)])) {
      // An end that could not be kept is known for certain in the next process only.
      await world.kill();
      await world.start();
    }
    await ended;
    world.scene = "at the end";
    // Once more, and then all is asked for again.
    await world.kill();
    await world.start();
    for (const held of stage.sessions) {
      if (held.page.cookie === undefined && !held.open) await read(stage, held);
    }
    await lookAgain(stage);
    judge(stage);
    const acked = stage.ops.filter((op) => op.acked).length;
    console.log([...world.counts].sort().map(([what, count]) => `${what}: ${count}`).join("\n"));
    console.log(`calls: ${stage.ops.length}, acknowledged: ${acked}, violations: ${world.violations.length}`);
    assert.deepEqual(world.violations, []);
    assert.ok(acked > KILLS * 5, `only ${acked} calls were acknowledged`);
  },
});

/** Holds everybody back until runs that a kill cut off have begun again without being asked for. */
async function runsAgain({ world, ops }: Stage, { down }: Server): Promise<void> {
  // Nothing begins that cannot be counted first.
  world.disk.set({});
  const lines = world.lines().slice(0, world.linesBefore);
  const ended = new Set(lines.filter((line) => line.startsWith("end ")).map((line) => line.slice(4)));
  const times = (tag: string) => world.lines().filter((line) => line === `begin ${tag}`).length;
  const open = ops.filter(({ action, acked, outcome, tag, mayBeOver, launch }) =>
    action === "again" && acked && !mayBeOver && world.launches - launch < MOST_BEGINS &&
    outcome === undefined && !ended.has(tag)
  ).map(({ tag }) => ({ tag, before: lines.filter((line) => line === `begin ${tag}`).length }))
    .filter(({ before }) => before > 0);
  const started = performance.now();
  for (const { tag, before } of open) {
    while (times(tag) <= before && !down.aborted) {
      if (performance.now() - started > MOST_WAIT_MS) {
        world.violated(`again ${tag} was cut off and does not run again by itself`);
        break;
      }
      await pause(5);
    }
    world.count("runs that began again by themselves");
  }
  const most = Math.round(performance.now() - started);
  world.counts.set(
    "slowest to begin again, ms",
    Math.max(world.counts.get("slowest to begin again, ms") ?? 0, most),
  );
}

/** Reads every acknowledged run once more from its first frame: it has one end, the one that was told. */
async function lookAgain({ world, caller, ops }: Stage): Promise<void> {
  const rest = ops.filter(({ acked, kept, outcome }) => acked && kept && outcome !== undefined);
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let op = rest.pop(); op; op = rest.pop()) {
      const { page, action, tag, outcome } = op;
      // Logins that were ended read nothing any more.
      if (page.cookie !== undefined) continue;
      const copy = Object.assign(new Op(page, action, tag), { id: op.id, acked: true });
      const now = await caller.settle(copy, undefined, true);
      if (now !== outcome) {
        world.violated(`${action} ${tag} ended as ${outcome} in ${op.scene}, now as ${now}`);
      }
      world.count("ends looked at again");
    }
  }));
}
