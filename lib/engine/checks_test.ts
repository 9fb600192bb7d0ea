import assert from "node:assert/strict";
import { z } from "zod";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Call } from "./call.ts";
import { CHECK_MS, CHECK_PLACES } from "./checks.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A demo whose check goes on until it is let go. */
function open(options: { queueSize?: number; concurrencyLimit?: number } = {}) {
  const holds: PromiseWithResolvers<string | void>[] = [];
  const ran: string[] = [];
  const asked: string[] = [];
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      act: on(go.click, {
        inputs: a,
        outputs: out,
        validate: (a) => {
          asked.push(a);
          const hold = Promise.withResolvers<string | void>();
          holds.push(hold);
          return hold.promise;
        },
        fn: (a) => {
          ran.push(a);
          return a;
        },
      }),
      other: on(go.click, { inputs: a, outputs: out, validate: () => undefined, fn: (a) => a }),
      held: on(go.click, { inputs: a, outputs: out, fn: () => new Promise<string>(() => {}) }),
    }),
  });
  const app = openDemo(page, options);
  const call = (a: string, session = app.session, id?: string): Call => ({
    demo: page.demo,
    action: "act",
    input: { a },
    ...id === undefined ? {} : { id },
    page: "/demo",
    session: app.engine.sessions.open(session),
    request: { headers: new Headers(), url: "", query: new URLSearchParams(), cookies: {}, client: "" },
  });
  return { app, call, holds, ran, asked };
}

const is = (code: FaultCode) => (error: unknown) => error instanceof Fault && error.code === code;

Deno.test("A flood of calls asks an author's check in its places only, and is refused past the room to wait", async () => {
  const { app, holds, asked } = open({ queueSize: 10, concurrencyLimit: 1 });
  await using _ = app;
  const refused: FaultCode[] = [];
  for (let at = 0; at < 2000; at++) {
    try {
      app.submit("act", { a: `${at}` }, { session: app.engine.sessions.mint() });
    } catch (error) {
      refused.push((error as Fault).code);
    }
  }
  assert.equal(asked.length, CHECK_PLACES);
  assert.equal(refused.length, 2000 - CHECK_PLACES - 10);
  assert.deepEqual([...new Set(refused)], ["queue_full"]);
  holds[0]?.resolve("No");
  await turn();
  assert.equal(asked.length, CHECK_PLACES + 1, "the next has its place");
});

Deno.test("The check of one session waits for no more than those of its own flood", async () => {
  const { app, holds, asked } = open({ queueSize: 100 });
  await using _ = app;
  const [many, one] = [app.session, app.engine.sessions.mint()];
  for (let at = 0; at < CHECK_PLACES + 40; at++) app.submit("act", { a: "many" }, { session: many });
  app.submit("act", { a: "one" }, { session: one });
  for (let at = 0; at < 2; at++) {
    holds[at]?.resolve("No");
    await turn();
  }
  assert.ok(asked.slice(CHECK_PLACES).includes("one"));
  for (let at = 0; at < 100; at++) {
    try {
      app.submit("act", { a: "many" }, { session: many });
    } catch (error) {
      assert.ok(is("rate_limited")(error));
      return;
    }
  }
  assert.fail("half of the room is for the others");
});

Deno.test("Where nobody can wait any more for the handler, nothing is asked of a check", async () => {
  const { app, asked } = open({ queueSize: 1, concurrencyLimit: 1 });
  await using _ = app;
  const page = Blocks({
    fields: { a: text(), go: push() },
    actions: ({ a, go }) => ({
      act: on(go.click, {
        inputs: a,
        validate: async (a) => {
          await turn();
          asked.push(a);
        },
        fn: () => new Promise<void>(() => {}),
      }),
    }),
  });
  await using own = openDemo(page, { queueSize: 1, concurrencyLimit: 1 });
  await own.submit("act", { a: "1" }).admitted;
  await own.submit("act", { a: "2" }).admitted;
  assert.throws(() => own.submit("act", { a: "3" }), is("queue_full"));
  await turn();
  assert.deepEqual(asked, ["1", "2"]);
});

Deno.test("A check that hangs is ended, as timeout, and gives its place back; other actions go on meanwhile", async () => {
  const { app, asked } = open();
  await using _ = app;
  const hanging = Array.from({ length: CHECK_PLACES + 1 }, (_, at) => app.submit("act", { a: `${at}` }));
  const ends = hanging.map(({ admitted }) => assert.rejects(admitted as Promise<void>, is("timeout")));
  assert.deepEqual(await app.run("other", { a: "x" }), { out: "x" });
  assert.equal(asked.length, CHECK_PLACES);
  app.clock.tick(CHECK_MS);
  await Promise.all(ends.slice(0, CHECK_PLACES));
  assert.equal(asked.length, CHECK_PLACES + 1, "a call that waited has its own time");
  app.clock.tick(CHECK_MS);
  await Promise.all(ends);
  assert.deepEqual(app.engine.load, { waiting: 0, busy: 0, runs: 1, sessions: 0, streams: 0 });
});

Deno.test("A check is ended when all who asked have gone, and not before", async () => {
  const { app, call, holds, ran } = open();
  await using _ = app;
  const id = "a".repeat(22);
  const [first, again] = [new AbortController(), new AbortController()];
  const accepted = [first, again].map((caller) =>
    Promise.resolve(app.engine.accept(call("x", app.session, id), caller))
  );
  first.abort();
  await turn();
  assert.equal(app.engine.load.busy, 1, "the page asked again, and waits");
  const ended = accepted.map((one) => assert.rejects(one, is("cancelled")));
  again.abort();
  await Promise.all(ended);
  assert.deepEqual([app.engine.load.busy, app.engine.load.runs], [0, 0]);
  holds[0]?.resolve();
  await turn();
  assert.deepEqual(ran, []);

  const late = new AbortController();
  const run = app.engine.accept(call("y"), late);
  holds[1]?.resolve();
  await run;
  late.abort();
  await turn();
  assert.deepEqual(ran, ["y"], "who goes after that leaves a run behind");
});

Deno.test("A call that waits for a place to be checked leaves when it is cancelled", async () => {
  const { app, asked, holds } = open();
  await using _ = app;
  const runs = Array.from({ length: CHECK_PLACES + 1 }, () => app.submit("act", { a: "x" }));
  const last = runs.at(-1);
  last?.cancel();
  await assert.rejects(last?.admitted as Promise<void>, is("cancelled"));
  assert.equal(app.engine.load.waiting, 0);
  for (const hold of holds) hold.resolve("No");
  await Promise.allSettled(runs.map(({ admitted }) => admitted));
  assert.equal(asked.length, CHECK_PLACES);
});

Deno.test("Where there is no room, a call is refused before its values are looked at", async () => {
  let looked = 0;
  const counted = component({
    kind: "counted",
    props: z.object({ value: z.string().optional() }),
    wire: () =>
      z.string().refine(() => {
        looked++;
        return true;
      }),
    empty: () => "",
    events: { change: null },
    view: (_: ViewProps<object, string>) => null,
  });
  const page = Blocks({
    fields: { a: counted(), b: counted(), go: push() },
    actions: ({ a, b, go }) => {
      const act = on(go.click, { inputs: a, fn: () => new Promise<void>(() => {}) });
      return { act, after: on(act.success, { inputs: b, fn: () => {} }) };
    },
  });
  await using app = openDemo(page, { queueSize: 1, concurrencyLimit: 1 });
  for (let at = 0; at < 2; at++) app.submit("act", { a: "x" }, { rest: { b: "x" } });
  looked = 0;
  const event = { when: "go:pick", detail: { row: "wrong" } };
  assert.throws(() => app.submit("act", { a: "x" }, { rest: { b: "x" }, event }), is("queue_full"));
  assert.equal(looked, 0);
});
