import assert from "node:assert/strict";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Call } from "./call.ts";
import { Journal } from "./journal.ts";
import { KeptState } from "./kept_state.ts";
import { Run } from "./run.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));
const named = (letter: string) => letter.repeat(22);

/** A server whose runs a store keeps, in which a handler goes on until it is let go. */
function start(store: Store, allow?: string) {
  const hold = Promise.withResolvers<void>();
  const checked = Promise.withResolvers<void>();
  const called: string[] = [];
  const told: unknown[] = [];
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => {
      const fn = async (a: string) => {
        called.push(a);
        await hold.promise;
        return a;
      };
      const spec = { inputs: a, outputs: out, fn };
      return {
        once: on(go.click, { ...spec, concurrencyLimit: 1 }),
        again: on(go.click, { ...spec, retry: true, ...allow === undefined ? {} : { allow } }),
        checked: on(go.click, { ...spec, validate: () => checked.promise }),
      };
    },
  });
  const clock = fakeClock();
  const broke = (error: unknown) => {
    told.push(error);
    return "";
  };
  const journal = new Journal({ store, now: () => 1_000_000, after: clock.after, broke });
  const state = new KeptState({ store, now: () => 1_000_000, broke });
  const { engine } = openDemo(page, { journal, state, clock, broke, secret: new Uint8Array(32).fill(7) });
  const accept = async (action: string, id: string, user?: Call["request"]["user"]) =>
    await engine.accept({
      id,
      demo: page.demo,
      action,
      input: { a: id.charAt(0) },
      session: engine.sessions.byId("me"),
      page: "/demo",
      request: {
        headers: new Headers(),
        url: "",
        query: new URLSearchParams(),
        cookies: {},
        client: "",
        user,
      },
    }) as Run;
  return { engine, journal, page, accept, hold, checked, called, told };
}

Deno.test("Engine.drain() leaves a run to the next process before it can begin in this one", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const gate = Promise.withResolvers<void>();
  const slow: Store = Object.assign(Object.create(store), {
    commit: async (...args: Parameters<Store["commit"]>) => {
      if (JSON.stringify(args[0]).includes('\\"retry\\":true')) await gate.promise;
      return await store.commit(...args);
    },
    get: store.get.bind(store),
    list: store.list.bind(store),
  });
  const before = start(slow);
  const running = await before.accept("once", named("a"));
  await before.accept("once", named("b"));
  const draining = before.engine.drain(25_000);
  before.hold.resolve();
  for await (const _ of running);
  await turn();
  gate.resolve();
  await draining;
  assert.deepEqual(before.called, ["a"]);
  // Until this process ends, those who ask again are asked to come once more: it is not lost.
  const left = await before.engine.seek(named("b"), by("me"), 0);
  assert.ok(left instanceof Run && left.finished && left.log.at(-1)?.type !== "done");
  const after = start(store);
  assert.deepEqual(await after.engine.recover(), ["/demo"]);
  await after.engine.meet("/demo", after.page.demo);
  assert.deepEqual(after.called, ["b"]);
  after.hold.resolve();
});

Deno.test("Engine.drain() refuses as offline what is still being checked", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { engine, accept, checked, called } = start(store);
  const accepted = accept("checked", named("a"));
  accepted.catch(() => {});
  await turn();
  await engine.drain(25_000);
  checked.resolve();
  await assert.rejects(accepted, (error) => error instanceof Fault && error.code === "offline");
  assert.deepEqual(called, []);
});

Deno.test("A run is not run again for somebody who may not run its action any more", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.accept("again", named("a"), { id: "ada", name: "Ada", roles: ["guest"] });
  await before.journal.flush();
  const after = start(store, "admin");
  await after.engine.recover();
  await after.engine.meet("/demo", after.page.demo);
  assert.deepEqual(after.called, []);
  const told = await after.engine.seek(named("a"), by("me"), 0);
  assert.ok(!(told instanceof Run));
  assert.deepEqual(told.frames.map(({ type }) => type), ["started", "failed", "done"]);
  before.hold.resolve();
});

Deno.test("A run waits for the next request to its page while the store cannot be read", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.accept("again", named("a"));
  await before.accept("again", named("b"));
  await before.journal.flush();
  let isReadable = true;
  const unreadable: Store = Object.assign(Object.create(store), {
    commit: store.commit.bind(store),
    get: store.get.bind(store),
    list: (options: Parameters<Store["list"]>[0]) => {
      if (!isReadable) throw new Fault("offline", "The disk does not answer");
      return store.list(options);
    },
  });
  const after = start(unreadable);
  await after.engine.recover();
  isReadable = false;
  await after.engine.meet("/demo", after.page.demo);
  assert.deepEqual(after.called, []);
  isReadable = true;
  await after.engine.meet("/demo", after.page.demo);
  after.hold.resolve();
  const run = after.engine.find(named("b"), by("me"));
  for await (const _ of run);
  assert.equal(run.log.at(-1)?.type, "done");
  assert.deepEqual(after.called, ["a", "b"]);
  before.hold.resolve();
});

Deno.test("Engine.find() says of a run that has yet to go on that it is to be asked for again", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.accept("again", named("a"));
  await before.journal.flush();
  const after = start(store);
  await after.engine.recover();
  const find = (session: string) => () => after.engine.find(named("a"), by(session));
  assert.throws(find("me"), (error) => error instanceof Fault && error.code === "offline");
  assert.throws(find("another"), (error) => error instanceof Fault && error.code === "not_found");
  await after.engine.meet("/demo", after.page.demo);
  assert.equal(find("me")().finished, false);
  before.hold.resolve();
  after.hold.resolve();
});

Deno.test("Engine.seek() knows no run by an id that cannot be one, whatever its letters", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { engine } = start(store);
  for (const id of ["\ud800", "", "\0", "x".repeat(101), 5, null, {}]) {
    await assert.rejects(engine.seek(id, by("me"), 0), (error) => {
      return error instanceof Fault && error.code === "not_found";
    });
  }
});

/** A session at the page of the demo. */
function by(session: string): { readonly session: string; readonly page: string } {
  return { session, page: "/demo" };
}
