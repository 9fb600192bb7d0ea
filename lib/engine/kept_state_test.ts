import assert from "node:assert/strict";
import { z } from "zod";
import { on, unload, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { Journal } from "./journal.ts";
import { KeptState } from "./kept_state.ts";
import { GOING_MS } from "./presence.ts";

const kept = component({
  kind: "kept",
  props: z.object({ value: z.string().optional() }),
  wire: () => z.string(),
  empty: () => "",
  events: { change: null },
  holds: "session",
  view: (_: ViewProps<object, string>) => null,
});

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A server whose sessions a store keeps. */
function start(store: Store, told: unknown[] = []) {
  const left: string[] = [];
  const page = Blocks({
    fields: { count: kept({ value: "none" }), other: kept({ value: "none" }), out: text(), go: push() },
    actions: ({ count, other, out, go }) => ({
      write: on(go.click, { outputs: { count, other }, fn: () => ({ count: "one", other: "one" }) }),
      read: on(go.click, { inputs: count, outputs: out, fn: (count) => count }),
      readOther: on(go.click, { inputs: other, outputs: out, fn: (other) => other }),
      name: on(go.click, { outputs: out, fn: () => update({ label: "changed" }) }),
      hang: on(go.click, {
        outputs: count,
        async *fn() {
          yield "two";
          await new Promise(() => {});
        },
      }),
      leave: on(unload, { inputs: count, fn: (count) => void left.push(count) }),
    }),
  });
  const clock = fakeClock();
  const options = {
    store,
    now: () => 1_000_000,
    after: clock.after,
    broke: (error: unknown) => void told.push(error),
  };
  const [state, journal] = [new KeptState(options), new Journal(options)];
  const app = openDemo(page, { state, journal, clock, secret: new Uint8Array(32).fill(7) });
  const at = {
    demo: page.demo,
    page: "/demo",
    session: app.engine.sessions.byId("me"),
    request: { headers: new Headers(), url: "", query: new URLSearchParams(), cookies: {}, client: "" },
  };
  const run = async (action: string) => await app.engine.accept({ ...at, action, input: {} });
  const read = async (action = "read") => {
    const frame = (await run(action)).log.find(({ type }) => type === "output");
    return frame?.type === "output" ? frame.values.out : undefined;
  };
  return { app, clock, at, run, read, left };
}

Deno.test("What a session holds is found again, though its props were changed before", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  await start(store).run("write");
  await turn();
  const { at, read } = start(store);
  at.session.changeProps(at.demo, "out", { label: "changed" });
  assert.equal(await read(), "one");
});

Deno.test("unload finds what its session holds, though nothing was asked for since the server began", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  await start(store).run("write");
  await turn();
  const { app, at, clock, left } = start(store);
  app.engine.presence.here(at, false);
  app.engine.presence.going("me");
  clock.tick(GOING_MS);
  await turn();
  assert.deepEqual(left, ["one"]);
});

Deno.test("What a run had written before it was cancelled is kept as its session holds it", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  const run = await before.run("hang");
  await turn();
  run.cancel();
  assert.equal(await before.read(), "two");
  await turn();
  assert.equal(await start(store).read(), "two");
});

Deno.test("A kept value that cannot be read is told to the log, and stands in no other's way", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  await start(store).run("write");
  await turn();
  const key = ["sessions", "state", "me", "/demo", "count", 0];
  await store.commit([{ type: "set", key, value: { total: 3, bytes: new Uint8Array([1, 2, 3]) } }]);
  const told: unknown[] = [];
  const { read } = start(store, told);
  assert.equal(await read("readOther"), "one");
  assert.equal(told.length, 1);
});
