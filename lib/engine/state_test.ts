import assert from "node:assert/strict";
import { z } from "zod";
import { on, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import type { Op, Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { type FakeClock, fakeClock } from "@/lib/testing/clock.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Call } from "./call.ts";
import { Journal } from "./journal.ts";
import { KeptState } from "./kept_state.ts";
import { Run } from "./run.ts";

const gone: unknown[] = [];
const held = component({
  kind: "held",
  props: z.object({ value: z.unknown(), ms: z.number().optional(), own: z.boolean().optional() }),
  wire: () => z.unknown() as unknown as z.ZodType<string>,
  empty: () => "",
  events: { change: null },
  holds: "session",
  keeps: ({ ms, own }) => ({ ms, onDelete: own ? (value) => void gone.push(value) : undefined }),
  view: (_: ViewProps<object, unknown>) => null,
});
const pick = component({
  kind: "pick",
  props: z.object({ choices: z.array(z.string()) }),
  wire: ({ choices }) => z.enum(choices as [string, ...string[]]),
  empty: ({ choices }) => choices[0] as string,
  events: { change: null },
  view: (_: ViewProps<object, string>) => null,
});

class Own {
  count = 0;
}

function demo() {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: {
      list: held({ value: [] }),
      short: held({ value: "none", ms: 1000 }),
      own: held({ value: null, own: true }),
      kind: pick({ choices: ["a", "b"] }),
      out: text(),
      go: push(),
    },
    actions: ({ list, short, own, kind, out, go }) => {
      const chain = on(go.click, {
        inputs: list,
        outputs: list,
        fn: (list) => [...list as unknown as string[], "x"] as unknown as string,
      });
      return {
        add: on(go.click, {
          inputs: list,
          outputs: { list, out },
          fn: (list) => {
            const next = [...list as unknown as string[], "x"];
            return { list: next as unknown as string, out: next.join("") };
          },
        }),
        look: on(go.click, { inputs: list, outputs: out, fn: (list) => `${list}` }),
        mutates: on(go.click, {
          inputs: list,
          outputs: { list, out },
          fn: (list) => {
            (list as unknown as string[]).push("mutated");
            throw new Fault("refused", "no");
          },
        }),
        silent: on(go.click, {
          inputs: list,
          outputs: { list, out },
          fn: (list) => {
            (list as unknown as string[]).push("mutated");
            return { out: "said" };
          },
        }),
        later: on(go.click, {
          inputs: list,
          outputs: { list },
          *fn(list) {
            const all = list as unknown as string[];
            all.push("given");
            yield { list: all as unknown as string };
            all.push("not given");
          },
        }),
        half: on(go.click, {
          outputs: { kind, list, out },
          fn: () => ({
            kind: update({ choices: ["x", "y"], value: "x" }) as never,
            list: ["lost"] as unknown as string,
            out: 5 as never,
          }),
        }),
        grow: on(go.click, {
          outputs: { kind },
          fn: () => ({ kind: update({ choices: ["a", "b", "c"] }) as never }),
        }),
        take: on(go.click, { inputs: kind, outputs: out, fn: (kind) => kind }),
        brief: on(go.click, { outputs: { short }, fn: () => ({ short: "written" }) }),
        readBrief: on(go.click, { inputs: short, outputs: out, fn: (short) => `${short}` }),
        owning: on(go.click, {
          inputs: own,
          outputs: { own, out },
          fn: (before) => {
            const one = before as unknown as Own | null ?? new Own();
            one.count++;
            return { own: one as unknown as string, out: `${one.count}` };
          },
        }),
        chain,
        slow: on(chain.success, { outputs: out, fn: () => hold.promise.then(() => "over") }),
      };
    },
  });
  return { page, hold };
}

interface World {
  readonly store?: Store;
  readonly clock?: FakeClock;
  readonly sessionCapacity?: number;
}

let calls = 0;
function open({ store, clock = fakeClock(), ...options }: World = {}) {
  const { page, hold } = demo();
  const told: unknown[] = [];
  const broke = (error: unknown) => void told.push(error);
  const now = () => 1_000_000 + clock.now();
  const kept = store && { store, now, after: clock.after, broke };
  const { engine } = openDemo(page, {
    clock,
    secret: new Uint8Array(32).fill(7),
    ...options,
    ...kept && { journal: new Journal(kept), state: new KeptState(kept) },
  });
  const accept = async (action: string, input: Call["input"] = {}, session = "me") =>
    await engine.accept({
      id: String(++calls).padStart(22, "0"),
      demo: page.demo,
      action,
      input,
      session: engine.sessions.byId(session),
      page: "/demo",
      request: { headers: new Headers(), url: "", query: new URLSearchParams(), cookies: {}, client: "" },
    }) as Run;
  /** What a run shows, or why it failed. */
  const run = async (...of: Parameters<typeof accept>) => {
    const run = await accept(...of);
    for await (const _ of run);
    return run.log.flatMap((frame) =>
      frame.type === "output" && "out" in frame.values
        ? [frame.values.out]
        : frame.type === "failed"
        ? [frame.message]
        : []
    ).at(-1);
  };
  return { engine, page, hold, accept, run, told, clock };
}

/** A store that can stop taking commits, and lists those that it took. */
function watched(store: Store) {
  const commits: (readonly Op[])[] = [];
  const world = { full: false, gone: false };
  const disk: Store = Object.assign(Object.create(store), {
    commit: async (...args: Parameters<Store["commit"]>) => {
      if (world.gone) return await new Promise<never>(() => {});
      if (world.full) throw new Fault("no_space", "Full");
      commits.push(args[0]);
      return await store.commit(...args);
    },
    get: store.get.bind(store),
    list: store.list.bind(store),
  });
  return { disk, commits, world };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("A handler that changes its state and throws, or does not give it back, has changed nothing", async () => {
  const { run } = open();
  await run("add");
  assert.equal(await run("mutates"), "no");
  assert.equal(await run("look"), "x");
  assert.equal(await run("silent"), "said");
  assert.equal(await run("look"), "x");
  await run("later");
  assert.equal(await run("look"), "x,given");
});

Deno.test("An answer of which one output is wrong changes neither values nor props of the others", async () => {
  const { run, engine, page } = open();
  assert.match(String(await run("half")), /text|string/i);
  assert.equal(await run("look"), "");
  assert.deepEqual(engine.sessions.byId("me").props(page.demo, "kind").choices, ["a", "b"]);
  assert.equal(await run("take", { kind: "b" }), "b");
});

Deno.test("What is no plain data, or whose end somebody is told, is handed out as it is", async () => {
  const { run } = open();
  assert.equal(await run("owning"), "1");
  assert.equal(await run("owning"), "2");
});

Deno.test("Props that update() changed outlive a restart, and a session that is forgotten for want of room", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = open({ store, sessionCapacity: 1 });
  await before.run("grow");
  await before.run("add", {}, "somebody else");
  assert.equal(before.engine.sessions.byId("me").knows("/demo"), false);
  assert.equal(await before.run("take", { kind: "c" }), "c");
  const after = open({ store });
  assert.equal(await after.run("take", { kind: "c" }), "c");
  await assert.rejects(after.run("take", { kind: "c" }, "third"), { code: "bad_input" });
});

Deno.test("Props that were kept and do not fit the page any more count as not kept", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  await open({ store }).run("grow");
  const { key, value, expiresMs } = (await Array.fromAsync(store.list({ prefix: ["sessions"] })))[0]!;
  const { serialize } = await import("node:v8");
  const bytes = new Uint8Array(serialize({ choices: 5 }));
  await store.commit([{
    type: "set",
    key,
    value: { ...value as object, total: bytes.length, bytes },
    expiresMs,
  }]);
  assert.equal(await open({ store }).run("take", { kind: "b" }), "b");
});

Deno.test("The end of a run, its state and its props are one commit, with its acceptance where it is over at once", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { disk, commits } = watched(store);
  const { run } = open({ store: disk });
  for (const action of ["add", "grow"]) {
    commits.length = 0;
    await run(action);
    assert.equal(commits.length, 1);
    const kinds = commits[0]!.map(({ key }) => key.slice(0, 2).join());
    assert.deepEqual(kinds, ["runs,over", "sessions,state"]);
  }
});

Deno.test("A crash before the end of a chain takes its state with it: nobody else went on from it meanwhile", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { disk, world } = watched(store);
  const before = open({ store: disk });
  await before.accept("chain");
  const second = await before.accept("add");
  assert.equal(second.log.at(-1)?.type, "queued");
  world.gone = true;
  const after = open({ store });
  await after.engine.recover();
  assert.equal(await after.run("look"), "");
  before.hold.resolve();
});

Deno.test("While the disk is full a run's end says that it is not kept, and end and state are kept together later", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { disk, world } = watched(store);
  const before = open({ store: disk });
  const run = await before.accept("chain");
  world.full = true;
  before.hold.resolve();
  for await (const _ of run);
  const end = run.log.at(-1);
  assert.ok(end?.type === "done" && end.outcome === "done" && end.kept === false);
  assert.equal(before.told.length, 1, "one line of log");
  const crashed = open({ store });
  assert.equal(await crashed.run("look"), "");
  world.full = false;
  before.clock.tick(2000);
  await turn();
  const after = open({ store });
  await after.engine.recover();
  assert.equal(await after.run("look"), "x");
});

Deno.test("A run that is refused because it cannot be kept has changed nothing", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { disk, world } = watched(store);
  const { run } = open({ store: disk });
  await run("add");
  world.full = true;
  await assert.rejects(run("add"), { code: "no_space" });
  await assert.rejects(run("grow"), { code: "no_space" });
  world.full = false;
  assert.equal(await run("look"), "x");
  await assert.rejects(run("take", { kind: "c" }), { code: "bad_input" });
});

Deno.test("A session whose state is not kept yet is not forgotten for want of room", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { disk, world } = watched(store);
  const { accept, hold, engine, clock } = open({ store: disk, sessionCapacity: 1 });
  const run = await accept("chain");
  world.full = true;
  hold.resolve();
  for await (const _ of run);
  const { demo } = run.call;
  engine.sessions.byId("somebody else").setValue(demo, "list", ["y"]);
  engine.sessions.byId("third").setValue(demo, "list", ["z"]);
  assert.deepEqual(engine.sessions.byId("me").value(demo, "list"), ["x"]);
  world.full = false;
  clock.tick(2000);
  await turn();
  engine.sessions.byId("fourth").setValue(demo, "list", ["z"]);
  assert.deepEqual(engine.sessions.byId("me").value(demo, "list"), []);
});

Deno.test("A value with a time to live has what is left of it after a restart", async () => {
  const clock = fakeClock();
  await using store = memoryStore({ now: () => 1_000_000 + clock.now() });
  const before = open({ store, clock });
  await before.run("brief");
  clock.tick(600);
  await before.run("brief");
  clock.tick(600);
  const after = open({ store, clock });
  assert.equal(await after.run("readBrief"), "written");
  clock.tick(399);
  assert.equal(await after.run("readBrief"), "written");
  clock.tick(1);
  assert.equal(await after.run("readBrief"), "none");
});
