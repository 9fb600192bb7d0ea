import assert from "node:assert/strict";
import { z } from "zod";
import { on, unload } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { push } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { GOING_MS, HIDDEN_MS, SEEN_MS, type Visit } from "./presence.ts";

const kept = component({
  kind: "kept",
  props: z.object({ value: z.string().optional() }),
  wire: () => z.string(),
  empty: () => "",
  events: { change: null },
  holds: "session",
  view: (_: ViewProps<object, string>) => null,
});

function open() {
  const left: string[] = [];
  const page = Blocks({
    fields: { name: kept({ value: "nobody" }), go: push() },
    actions: ({ name, go }) => ({
      sign: on(go.click, { outputs: name, fn: () => "ada" }),
      leave: on(unload, { inputs: name, fn: (name) => void left.push(name) }),
    }),
  });
  const app = openDemo(page);
  const visit: Visit = {
    demo: page.demo,
    page: "/demo",
    session: app.engine.sessions.open(app.session),
    request: {
      headers: new Headers(),
      url: "http://127.0.0.1/demo",
      query: new URLSearchParams(),
      cookies: {},
      client: "",
    },
  };
  return {
    app,
    left,
    visit,
    presence: app.engine.presence,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

Deno.test("unload is raised when a page has not been heard of, within 30 seconds, with what its session holds", async () => {
  await using world = open();
  const { app, left, visit, presence } = world;
  await app.run("sign");
  presence.here(visit, false);
  app.clock.tick(10_000);
  presence.here(visit, false);
  app.clock.tick(SEEN_MS - 1);
  assert.deepEqual(left, []);
  app.clock.tick(1);
  assert.deepEqual(left, ["ada"]);
  assert.equal(presence.size, 0);
  assert.ok(SEEN_MS <= 30_000);
});

Deno.test("unload is raised soon after a page says that it goes, and not when it was only loaded anew", async () => {
  await using world = open();
  const { app, left, visit, presence } = world;
  presence.here(visit, false);
  presence.going(visit.session.id);
  app.clock.tick(GOING_MS - 1);
  presence.here(visit, false);
  app.clock.tick(SEEN_MS - 1);
  assert.deepEqual(left, []);
  presence.going(visit.session.id);
  app.clock.tick(GOING_MS);
  assert.deepEqual(left, ["nobody"]);
  presence.going(visit.session.id);
  app.clock.tick(HIDDEN_MS);
  assert.deepEqual(left, ["nobody"]);
});

Deno.test("A page that is closed goes, though it says after that that it is hidden", async () => {
  await using world = open();
  const { app, left, visit, presence } = world;
  presence.here(visit, false);
  presence.going(visit.session.id);
  presence.here(visit, true);
  app.clock.tick(GOING_MS);
  assert.deepEqual(left, ["nobody"]);
});

Deno.test("A hidden page may be silent for longer, as browsers have it", async () => {
  await using world = open();
  const { app, left, visit, presence } = world;
  presence.here(visit, true);
  app.clock.tick(HIDDEN_MS - 1);
  assert.deepEqual(left, []);
  app.clock.tick(1);
  assert.deepEqual(left, ["nobody"]);
});

Deno.test("Pages of demos that do not listen to unload are not looked after", async () => {
  await using world = open();
  const { visit, presence } = world;
  presence.here({ ...visit, demo: Blocks({ fields: { go: push() } }).demo }, false);
  assert.equal(presence.size, 0);
});
