/**
 * A page can raise some events: those of its fields, and its own opening. An action that none of them starts only follows
 * something else. By itself it is called by nobody, whatever the protocol.
 */
import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { Blocks, button, load, on, state, textbox, unload } from "atoll";
import type { AnyAction } from "@/lib/demo/action.ts";
import { demoFor } from "@/lib/demo/allowed.ts";
import type { Page } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import { Engine } from "@/lib/engine/engine.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { listDemos } from "@/lib/gate/gallery.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { AnyField } from "@/lib/value/field.ts";

type Handle = (request: Request) => Promise<Response>;

/** A demo with an action for each way in which an action can be started. */
function everyWay(ran: string[] = []) {
  return Blocks({
    title: "Every way",
    fields: { go: button("Go"), out: textbox(), seen: state(0) },
    actions: ({ go, out, seen }) => {
      const check = on([go.click, load], {
        fn: () => {
          ran.push("check");
          throw new Fault("bad_input", "No");
        },
      });
      const note = (name: string) => () => void ran.push(name);
      const after = on(check.success, { outputs: out, fn: () => (ran.push("after"), "ran") });
      const failed = on(check.failure, { fn: note("failed") });
      const last = on(check.done, { fn: note("last") });
      const leave = on(unload, { fn: note("leave") });
      const held = on(seen.change, { fn: note("held") });
      const both = on([unload, go.click], { fn: note("both") });
      return { check, after, failed, last, leave, held, both };
    },
  });
}

function serve(page: Page, { stopped }: { readonly stopped: boolean }) {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({ blobs, clock, random, secret: random(32), broke: (error) => String(error) });
  // An engine that stops refuses every call that it would take, so that no handler of a demo runs here.
  if (stopped) engine.drain(0);
  const handle = new App<AtollState>()
    .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
    .use(hostPages({ engine, blobs, clock, maxUploadBytes: 1, dev: false }))
    .route("/demo", { component: page as never }).handler() as Handle;
  return {
    engine,
    close: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
    },
    native: (action: string) =>
      handle(
        new Request("http://127.0.0.1/demo", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ session: engine.sessions.mint(), action }),
        }),
      ),
    form: (action: string) =>
      handle(
        new Request("http://127.0.0.1/demo", {
          method: "POST",
          body: new URLSearchParams({ $session: engine.sessions.mint(), [`$run.${action}`]: "" }),
        }),
      ),
  };
}

/** Whether an event of a page starts an action, read from what its author wrote. */
function raised(page: Page, { when }: AnyAction): boolean {
  const fields = new Set<unknown>(Object.values(page.fields));
  return when.some(({ source, event }) =>
    source === null
      ? event === "load"
      : fields.has(source) && componentOf(source as AnyField).holds === "page"
  );
}

const shipped = await Promise.all((await listDemos(true)).map(async ({ path }) => {
  const name = path.slice("/demos/".length);
  const file = name === "members" ? "members/index.tsx" : `${name}.tsx`;
  const { default: page } = await import(new URL(`../../routes/demos/${file}`, import.meta.url).href);
  return [name, page as Page] as const;
}));

for (const [name, page] of [["every_way", everyWay() as Page] as const, ...shipped]) {
  Deno.test(`An action of ${name} can be called by itself if a page can raise it, and not otherwise`, async () => {
    const { native, form, engine, close } = serve(page, { stopped: true });
    // Roles are decided before: what is not allowed is not there in any case.
    const open = Object.entries(page.actions).filter(([, { spec }]) => spec.allow === undefined);
    assert.ok(open.length > 0);
    const unknown = await (await native("nothing")).text();
    for (const [key, action] of open) {
      const expected = raised(page, action) ? 503 : 404;
      const answer = await native(key);
      assert.equal(answer.status, expected, `${key} by the native protocol`);
      const text = await answer.text();
      if (expected === 404) assert.equal(text, unknown, "the answer is that of an action that is not there");
      const sent = await form(key);
      assert.equal(sent.status, expected, `${key} by a form`);
      await sent.body?.cancel();
      const call = {
        demo: page.demo,
        action: key,
        input: {},
        session: engine.sessions.open(engine.sessions.mint()),
        page: "/demo",
        request: { headers: new Headers(), url: "", query: new URLSearchParams(), cookies: {}, client: "" },
      };
      const code = expected === 404 ? "not_found" : "offline";
      for (const take of [() => engine.submit(call), () => engine.accept(call)]) {
        assert.throws(take, (error) => error instanceof Fault && error.code === code, `${key} by the engine`);
      }
    }
    await close();
  });
}

Deno.test("What follows a check runs only after the check, and an action for a page that was left only then", async () => {
  const ran: string[] = [];
  const { native, form, close } = serve(everyWay(ran) as Page, { stopped: false });
  for (const action of ["after", "failed", "last", "leave", "held"]) {
    assert.equal((await native(action)).status, 404);
    assert.equal((await form(action)).status, 404);
  }
  assert.deepEqual(ran, []);
  await (await native("check")).text();
  assert.deepEqual(ran, ["check", "failed", "last"], "its followers ran in the same run, by how it ended");
  await close();
});

Deno.test("Blocks() refuses cancels of an action that no page starts: only a page cancels", () => {
  assert.throws(
    () =>
      Blocks({
        fields: { go: button("Go") },
        actions: ({ go }) => {
          const run = on(go.click, { fn: () => {} });
          return { run, stop: on(run.success, { cancels: [run] }) };
        },
      }),
    /Cannot cancel others by action "stop"/,
  );
});

Deno.test("A visitor who may not run what is followed sees no follower, also one that the page starts no more", () => {
  const { demo } = Blocks({
    fields: { go: button("Go"), other: button("Other") },
    actions: ({ go, other }) => {
      const run = on(go.click, { allow: "editor", fn: () => {} });
      const more = on(other.click, { fn: () => {} });
      return { run, more, stop: on([run.success, other.click], { cancels: [more] }) };
    },
  });
  assert.deepEqual([...demo.callable], ["run", "more", "stop"]);
  assert.deepEqual([...demoFor(demo, undefined).callable], ["more", "stop"]);
});
