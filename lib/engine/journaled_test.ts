import assert from "node:assert/strict";
import { z } from "zod";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Call } from "./call.ts";
import { type FinishedRun, Journal } from "./journal.ts";
import { KeptState } from "./kept_state.ts";
import { Run } from "./run.ts";

const kept = component({
  kind: "kept",
  props: z.object({ value: z.unknown(), gone: z.unknown().optional() }),
  wire: () => z.unknown() as unknown as z.ZodType<string>,
  empty: () => "",
  events: { change: null },
  holds: "session",
  keeps: ({ gone }) => ({ onDelete: gone as ((value: unknown) => void) | undefined }),
  view: (_: ViewProps<object, unknown>) => null,
});

const secret = new Uint8Array(32).fill(7);
const id = "0123456789abcdefghijkl";
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A server whose runs a store keeps, in which a handler goes on until it is let go. */
function start(store: Store, mayBreak: () => boolean = () => false) {
  const hold = Promise.withResolvers<void>();
  let called = 0;
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      quick: on(go.click, { inputs: a, outputs: out, fn: (a) => `${++called} ${a}` }),
      slow: on(go.click, {
        inputs: a,
        outputs: out,
        concurrencyLimit: 1,
        async *fn(a) {
          called++;
          yield `${a} begun`;
          await hold.promise;
          yield `${a} over`;
        },
      }),
      again: on(go.click, {
        inputs: a,
        outputs: out,
        retry: true,
        async *fn(a) {
          called++;
          yield `${a} begun`;
          await hold.promise;
          yield `${a} over`;
        },
      }),
    }),
  });
  const clock = fakeClock();
  const journal = new Journal({
    store,
    now: () => 1_000_000,
    after: clock.after,
    broke: (error) => assert.ok(mayBreak(), String(error)),
  });
  const app = openDemo(page, { journal, clock, secret });
  const call = (action: string, more: Partial<Call> = {}): Call => ({
    id,
    demo: page.demo,
    action,
    input: { a: "x" },
    session: app.engine.sessions.byId("me"),
    page: "/demo",
    request: {
      headers: new Headers({ cookie: "secret=1" }),
      url: "http://127.0.0.1/demo",
      query: new URLSearchParams("who=ada"),
      cookies: { secret: "1" },
      client: "127.0.0.1",
    },
    ...more,
  });
  /** Lets the handlers go on, and waits until no run of this server goes on. */
  const end = async () => {
    hold.resolve();
    await app.engine.drain(25_000);
  };
  return { app, engine: app.engine, journal, clock, call, hold, page, end, called: () => called };
}

const said = (told: Run | FinishedRun) =>
  (told instanceof Run ? told.log : told.frames).flatMap((frame) =>
    frame.type === "output" ? Object.values(frame.values) : [frame.type]
  );

Deno.test("Engine.accept() resolves when the journal has the run, and a restart finds what it said", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  const run = await before.engine.accept(before.call("quick"));
  assert.ok(run instanceof Run && run.finished);
  await before.journal.flush();
  await turn();
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), []);
  assert.deepEqual(said(await after.engine.seek(id, by("me"), 0)), ["started", "1 x", "done"]);
  assert.deepEqual(said(await after.engine.seek(id, by("me"), 2)), ["done"]);
  await assert.rejects(after.engine.seek(id, by("somebody else"), 0), /no such run/);
  await assert.rejects(after.engine.seek(`me/${id}`, by("somebody else"), 0), /no such run/);
  await assert.rejects(after.engine.seek(id, { session: "me", page: "/another" }, 0), /no such run/);
  const unnamed = await before.engine.accept(before.call("quick", { id: undefined })) as Run;
  assert.deepEqual(said(await after.engine.seek(unnamed.id, by("me"), 0)), ["started", "2 x", "done"]);
});

Deno.test("Engine.accept() starts nothing for a call that an earlier process has taken", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.engine.accept(before.call("quick"));
  await before.journal.flush();
  await turn();
  const after = start(store);
  await after.engine.recover();
  const told = await after.engine.accept(after.call("quick"));
  assert.ok(!(told instanceof Run));
  assert.deepEqual(said(told), ["started", "1 x", "done"]);
  assert.equal(after.called(), 0);
  const other = await after.engine.accept(after.call("quick", { id: id.toUpperCase() }));
  assert.ok(other instanceof Run);
});

Deno.test("A run that a crash cut off ends as interrupted, and its reader is told after what it saw", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.engine.accept(before.call("slow"));
  await before.journal.flush();
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), []);
  const told = await after.engine.seek(id, by("me"), 2) as FinishedRun;
  assert.deepEqual(said(told), ["failed", "done"]);
  const [failed, done] = told.frames;
  assert.ok(failed?.type === "failed" && failed.code === "interrupted" && failed.whole && failed.seq > 1e9);
  assert.equal(done?.seq, failed.seq + 1);
  await before.end();
});

Deno.test("A run that may be run again is, once its page is there, and its reader goes on with whole values", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.engine.accept(before.call("again"));
  await before.journal.flush();
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), ["/demo"]);
  assert.equal(after.engine.load.runs, 0);
  await after.engine.meet("/demo", after.page.demo);
  const run = await after.engine.seek(id, by("me"), 5) as Run;
  assert.ok(run instanceof Run && !run.finished);
  assert.ok(run.dropped > 1000);
  assert.deepEqual(run.call.request.query.get("who"), "ada");
  assert.deepEqual(run.call.request.cookies, {});
  const first = run.log[0];
  assert.ok(first?.type === "output" && first.whole);
  after.hold.resolve();
  for await (const _ of run);
  assert.deepEqual(said(run), ["started", "x begun", "x over", "done"]);
  await after.journal.flush();
  await turn();
  const last = start(store);
  await last.engine.recover();
  const past = await last.engine.seek(id, by("me"), 5) as FinishedRun;
  assert.equal(past.frames.at(-1)?.type, "done");
  assert.ok(past.frames.every(({ seq }) => seq > run.dropped));
  await before.end();
});

Deno.test("A run that takes the server down each time is given up", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const first = start(store);
  await first.engine.accept(first.call("again"));
  await first.journal.flush();
  const worlds = [first];
  for (let attempt = 2; attempt <= 3; attempt++) {
    const world = start(store);
    worlds.push(world);
    assert.deepEqual(await world.engine.recover(), ["/demo"]);
    await world.engine.meet("/demo", world.page.demo);
    await world.journal.flush();
  }
  const last = start(store);
  assert.deepEqual(await last.engine.recover(), []);
  const told = await last.engine.seek(id, by("me"), 0) as FinishedRun;
  const failed = told.frames.find(({ type }) => type === "failed");
  assert.match(failed?.type === "failed" ? failed.message : "", /will not be tried again/);
  for (const world of worlds) await world.end();
});

Deno.test("A run whose action is not there any more ends, and says so", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.engine.accept(before.call("again"));
  await before.journal.flush();
  const after = start(store);
  await after.engine.recover();
  const other = Blocks({ fields: { a: text() } });
  await after.engine.meet("/demo", other.demo);
  const told = await after.engine.seek(id, by("me"), 0) as FinishedRun;
  const failed = told.frames.find(({ type }) => type === "failed");
  assert.match(failed?.type === "failed" ? failed.message : "", /no longer available/);
  await before.end();
});

Deno.test("A call that cannot be kept is refused and forgotten", async () => {
  const store = memoryStore({ now: () => 1_000_000 });
  await using _store = store;
  const full: Store = Object.assign(Object.create(store), {
    commit: () => Promise.reject(new Fault("no_space", "The disk is full")),
    get: store.get.bind(store),
  });
  const world = start(full);
  await assert.rejects(Promise.resolve(world.engine.accept(world.call("slow"))), (error) => {
    return error instanceof Fault && error.code === "no_space";
  });
  assert.equal(world.engine.load.runs, 0);
  world.hold.resolve();
});

Deno.test("Engine.drain() waits for what runs, refuses what is new, and leaves what has not begun to the next process", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  const running = await before.engine.accept(before.call("slow")) as Run;
  const waiting = await before.engine.accept(before.call("slow", { id: "b".repeat(22) })) as Run;
  assert.deepEqual([running.begun, waiting.begun], [true, false]);
  let drained = false;
  const draining = before.engine.drain(25_000).then(() => drained = true);
  assert.throws(() => before.engine.submit(before.call("quick", { id: "c".repeat(22) })), /about to restart/);
  await turn();
  assert.ok(waiting.finished, "its readers are sent away");
  assert.notEqual(waiting.log.at(-1)?.type, "done");
  assert.equal(drained, false);
  before.hold.resolve();
  for await (const _ of running);
  await draining;
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), ["/demo"]);
  await after.engine.meet("/demo", after.page.demo);
  after.hold.resolve();
  const again = await after.engine.seek("b".repeat(22), by("me"), 1) as Run;
  for await (const _ of again);
  assert.equal(again.log.at(-1)?.type, "done");
});

Deno.test("Engine.drain() ends at its deadline what does not end by itself, and leaves what may run again", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  const once = await before.engine.accept(before.call("slow")) as Run;
  const twice = await before.engine.accept(before.call("again", { id: "b".repeat(22) })) as Run;
  const draining = before.engine.drain(25_000);
  await turn();
  before.clock.tick(25_000);
  await draining;
  const end = once.log.at(-2);
  assert.ok(end?.type === "failed" && end.code === "interrupted");
  assert.ok(twice.finished && twice.log.at(-1)?.type !== "done");
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), ["/demo"]);
  assert.deepEqual(said(await after.engine.seek(id, by("me"), 0)).at(-1), "done");
  before.hold.resolve();
  after.hold.resolve();
});

Deno.test("Engine.drain() without a journal waits for what waits, too", async () => {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { out: text(), go: push() },
    actions: ({ out, go }) => ({
      slow: on(go.click, { outputs: out, concurrencyLimit: 1, fn: () => hold.promise.then(() => "over") }),
    }),
  });
  await using app = openDemo(page);
  const [one, two] = [app.submit("slow"), app.submit("slow")];
  const draining = app.engine.drain(25_000);
  hold.resolve();
  await draining;
  assert.deepEqual([one, two].map((run) => run.log.at(-1)?.type), ["done", "done"]);
});

Deno.test("What a session holds outlives the process, whatever it is, but for what is let go of with it", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const page = Blocks({
    fields: {
      seen: kept({ value: new Map() }),
      pipe: kept({ value: "closed", gone: () => {} }),
      out: text(),
      a: text(),
      go: push(),
    },
    actions: ({ seen, pipe, out, a, go }) => ({
      add: on(go.click, {
        inputs: { seen, a },
        outputs: { seen, pipe, out },
        fn: ({ seen, a }) => {
          const next = new Map(seen as unknown as Map<string, Date>).set(a, new Date(5));
          return { seen: next as unknown as string, pipe: "open", out: [...next.keys()].join() };
        },
      }),
      look: on(go.click, { inputs: pipe, outputs: out, fn: (pipe) => `${pipe}` }),
    }),
  });
  const world = () => {
    const broke = (error: unknown) => assert.fail(String(error));
    const clock = fakeClock();
    const options = { store, now: () => 1_000_000, after: clock.after, broke };
    const app = openDemo(page, {
      secret,
      clock,
      journal: new Journal(options),
      state: new KeptState(options),
    });
    return async (action: "add" | "look", a: string, session = "me") => {
      const run = await app.engine.accept({
        demo: page.demo,
        action,
        input: action === "add" ? { a } : {},
        session: app.engine.sessions.byId(session),
        page: "/demo",
        request: { headers: new Headers(), url: "", query: new URLSearchParams(), cookies: {}, client: "" },
      });
      // One may wait until it is kept what the other has changed.
      if (run instanceof Run) { for await (const _ of run); }
      return said(run).at(-2);
    };
  };
  const before = world();
  assert.equal(await before("add", "one"), "one");
  const long = "x".repeat(2_000_000);
  assert.equal(await before("add", long), `one,${long}`);
  assert.equal(await before("look", ""), "open");
  await turn();
  const after = world();
  const both = await Promise.all([after("add", "two"), after("add", "three")]);
  assert.deepEqual(both, [`one,${long},two`, `one,${long},two,three`]);
  assert.equal(await world()("look", ""), "closed");
  assert.equal(await after("add", "other", "somebody else"), "other");
});

Deno.test("The end of a run is told when it is kept, and told all the same when it cannot be", async () => {
  for (const full of [false, true]) {
    await using store = memoryStore({ now: () => 1_000_000 });
    const gate = Promise.withResolvers<void>();
    const slow: Store = Object.assign(Object.create(store), {
      commit: async (...args: Parameters<Store["commit"]>) => {
        if (JSON.stringify(args[0]).includes('"over"')) {
          await gate.promise;
          if (full) throw new Fault("no_space", "The disk is full");
        }
        return await store.commit(...args);
      },
      get: store.get.bind(store),
      list: store.list.bind(store),
    });
    const world = start(slow, () => full);
    const run = await world.engine.accept(world.call("again")) as Run;
    world.hold.resolve();
    for (let turns = 0; turns < 5; turns++) await turn();
    assert.equal(run.finished, false);
    assert.equal(said(run).at(-1), "x over");
    gate.resolve();
    for await (const _ of run);
    const end = run.log.at(-1);
    assert.ok(end?.type === "done" && end.kept === (full ? false : undefined));
  }
});

/** A session at the page of the demo. */
function by(session: string): { readonly session: string; readonly page: string } {
  return { session, page: "/demo" };
}
