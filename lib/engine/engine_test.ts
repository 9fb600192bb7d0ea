import assert from "node:assert/strict";
import { z } from "zod";
import { load, on, reset, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { EventRef } from "@/lib/value/field.ts";
import type { ViewProps } from "@/lib/value/page.ts";

const text = component({
  kind: "text",
  props: z.object({ max: z.number().default(1000), value: z.string().optional() }),
  wire: ({ max }) => z.string().max(max),
  empty: () => "",
  events: { change: null, submit: null },
  view: (_: ViewProps<{ max: number }, string>) => null,
});
const count = component({
  kind: "count",
  props: z.object({ max: z.number().default(10), value: z.number().optional() }),
  wire: ({ max }) => z.number().min(0).max(max),
  empty: () => 0,
  events: { change: null },
  view: (_: ViewProps<{ max: number }, number>) => null,
});
const kept = component({
  kind: "kept",
  props: z.object({ value: z.array(z.number()).optional() }),
  wire: () => z.array(z.number()),
  empty: () => [],
  events: { change: null },
  holds: "session",
  view: (_: ViewProps<object, number[]>) => null,
});
const push = component({
  kind: "push",
  props: z.object({}),
  wire: () => z.string(),
  empty: () => "",
  events: { click: null },
  view: (_: ViewProps<object, string>) => null,
});

const is = (code: string, field?: string) => (error: unknown) =>
  error instanceof Fault && error.code === code && (field === undefined || error.field === field);

Deno.test("Engine.submit() is over at once for a handler that never waits", async () => {
  const page = Blocks({
    fields: { a: text(), b: text(), go: push() },
    actions: ({ a, b, go }) => ({ up: on(go.click, { inputs: a, outputs: b, fn: (a) => a.toUpperCase() }) }),
  });
  await using app = openDemo(page);
  const run = app.submit("up", { a: "x" });
  assert.equal(run.finished, true);
  assert.deepEqual(run.log.map((frame) => frame.type), ["started", "output", "done"]);
});

for (
  const [kind, fn] of Object.entries({
    "a value": (a: string) => a + "!",
    "a promise": (a: string) => Promise.resolve(a + "!"),
    *"a generator"(a: string) {
      yield a;
      yield a + "!";
    },
    async *"an async generator"(a: string) {
      yield a;
      await Promise.resolve();
      yield a + "!";
    },
    *"a generator's return"(a: string) {
      yield a;
      return a + "!";
    },
  })
) {
  Deno.test(`Engine.submit() takes ${kind} from a handler`, async () => {
    const page = Blocks({
      fields: { a: text(), b: text(), go: push() },
      actions: ({ a, b, go }) => ({ act: on(go.click, { inputs: a, outputs: b, fn }) }),
    });
    await using app = openDemo(page);
    assert.deepEqual(await app.run("act", { a: "hi" }), { b: "hi!" });
  });
}

Deno.test("Engine.submit() sends text that grows as what was added", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        *fn() {
          for (const word of ["one", "one two", "one two three"]) yield word;
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const run = app.submit("act");
  for await (const _ of run);
  assert.deepEqual(
    run.log.flatMap((frame) => frame.type === "output" ? [[frame.mode, frame.values.b]] : []),
    [["set", "one"], ["append", " two"], ["append", " three"]],
  );
});

Deno.test("Engine.submit() refuses values that do not fit before anything runs, and names the field", async () => {
  let called = 0;
  const page = Blocks({
    fields: { n: count({ max: 5 }), b: text(), go: push() },
    actions: ({ n, b, go }) => ({
      act: on(go.click, { inputs: { n }, outputs: b, fn: ({ n }) => `${called++}${n}` }),
    }),
  });
  await using app = openDemo(page);
  for (const n of [6, -1, "3", null, [], {}, true, Infinity, NaN]) {
    assert.throws(() => app.submit("act", { n }), is("bad_input", "n"), JSON.stringify(n));
  }
  assert.throws(() => app.submit("nope" as "act"), is("not_found"));
  assert.throws(() => app.submit("constructor" as "act"), is("not_found"));
  assert.equal(called, 0);
});

Deno.test("Engine.submit() refuses what a handler gives when it does not fit its field", async () => {
  const page = Blocks({
    fields: { n: count({ max: 5 }), go: push() },
    actions: ({ n, go }) => ({
      far: on(go.click, { outputs: n, fn: () => 9 }),
      wrong: on(go.click, { outputs: { n }, fn: () => ({ z: 1 }) as never }),
      none: on(go.click, { outputs: { n }, fn: () => 3 as never }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("far"), is("bad_output", "n"));
  await assert.rejects(app.run("wrong"), /"wrong" gave "z", which is none of its outputs: n/);
  await assert.rejects(app.run("none"), is("bad_output"));
});

Deno.test("Engine.submit() says what a field must be and what the handler gave instead", async () => {
  const page = Blocks({
    fields: { n: count({ max: 5 }), go: push() },
    actions: ({ n, go }) => ({
      far: on(go.click, { outputs: n, fn: () => 9 }),
      late: on(go.click, { outputs: { n }, fn: () => ({ n: Promise.resolve(3) }) as never }),
      text: on(go.click, { outputs: n, fn: () => "a secret" as never }),
      list: on(go.click, { outputs: n, fn: () => [3] as never }),
      none: on(go.click, { outputs: n, fn: () => null as never }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("far"), { message: "n must be at most 5, but the handler gave 9" });
  await assert.rejects(
    app.run("late"),
    /n must be a .*number, but the handler gave a promise: an await is missing$/,
  );
  await assert.rejects(app.run("text"), /, but the handler gave text$/);
  await assert.rejects(app.run("list"), /, but the handler gave a list$/);
  await assert.rejects(app.run("none"), /, but the handler gave null$/);
});

Deno.test("A handler's Fault reaches the page as it is, any other error as internal", async () => {
  const page = Blocks({
    fields: { n: count(), go: push() },
    actions: ({ n, go }) => ({
      refuse: on(go.click, {
        outputs: n,
        fn: () => {
          throw new Fault("refused", "Not today", { field: "n" });
        },
      }),
      break: on(go.click, {
        outputs: n,
        fn: () => {
          throw new Error("password is 1234");
        },
      }),
      odd: on(go.click, { outputs: n, fn: () => Promise.reject("just text") }),
    }),
  });
  await using app = openDemo(page, { broke: () => "Something went wrong" });
  await assert.rejects(app.run("refuse"), is("refused", "n"));
  for (const key of ["break", "odd"] as const) {
    await assert.rejects(app.run(key), (error) => is("internal")(error) && !String(error).includes("1234"));
  }
});

Deno.test("state belongs to one session, and its first value is never shared", async () => {
  const page = Blocks({
    fields: { seen: kept({ value: [] }), n: count(), go: push() },
    actions: ({ seen, n, go }) => ({
      act: on(go.click, {
        inputs: { seen },
        outputs: { seen, n },
        fn: ({ seen }) => {
          seen.push(1);
          return { seen, n: seen.length };
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const other = app.engine.sessions.mint();
  assert.deepEqual(await app.run("act"), { n: 1 });
  assert.deepEqual(await app.run("act"), { n: 2 });
  assert.deepEqual(await app.run("act", {}, { session: other }), { n: 1 });
  assert.deepEqual(await app.run("act", { seen: [9, 9, 9] }, { session: other }), { n: 2 });
});

Deno.test("Sessions.open() refuses tokens that were not minted here", async () => {
  const page = Blocks({ fields: { a: text() } });
  await using app = openDemo(page);
  const token = app.engine.sessions.mint();
  const dot = token.indexOf(".");
  // What was right once is not checked again; that must not make its neighbours right.
  for (let i = 0; i < 2; i++) assert.equal(app.engine.sessions.open(token).id, token.slice(0, dot));
  const other = app.engine.sessions.mint();
  for (
    const forged of [
      token.slice(0, dot) + other.slice(dot),
      `${token} `,
      null,
      1,
      "",
      ".",
      token.slice(0, -1),
      `x${token}`,
      token.slice(0, dot),
      `${token.slice(0, dot)}.`,
      "a".repeat(5000),
    ]
  ) {
    assert.throws(() => app.engine.sessions.open(forged), is("expired"), String(forged));
  }
  assert.equal(app.engine.sessions.size, 0);
});

Deno.test("update() changes props for the session alone, and the limits that go with them", async () => {
  const page = Blocks({
    fields: { n: count({ max: 5 }), b: text(), go: push() },
    actions: ({ n, b, go }) => ({
      widen: on(go.click, { outputs: n, fn: () => update({ max: 8, label: "Wide", value: 7 }) }),
      use: on(go.click, { inputs: n, outputs: b, fn: (n) => String(n) }),
      wrong: on(go.click, { outputs: n, fn: () => update({ max: "8" }) as never }),
    }),
  });
  await using app = openDemo(page);
  assert.throws(() => app.submit("use", { n: 7 }), is("bad_input", "n"));
  const run = app.submit("widen");
  const output = run.log.find((frame) => frame.type === "output");
  assert.deepEqual(output, {
    type: "output",
    action: "widen",
    mode: "set",
    values: { n: 7 },
    props: { n: { max: 8, label: "Wide" } },
  });
  assert.deepEqual(await app.run("use", { n: 7 }), { b: "7" });
  assert.throws(
    () => app.submit("use", { n: 7 }, { session: app.engine.sessions.mint() }),
    is("bad_input", "n"),
  );
  await assert.rejects(app.run("wrong"), is("bad_output", "n"));
});

Deno.test("reset() puts a field back to its first value", async () => {
  const page = Blocks({
    fields: { n: count({ value: 4 }), go: push() },
    actions: ({ n, go }) => ({ act: on(go.click, { outputs: { n }, fn: () => ({ n: reset() }) }) }),
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("act"), { n: 4 });
});

Deno.test("Actions chained to another run in the same run, on what it gave", async () => {
  const order: string[] = [];
  const page = Blocks({
    fields: { a: text(), b: text(), c: text(), go: push() },
    actions: ({ a, b, c, go }) => {
      const first = on(go.click, {
        inputs: a,
        outputs: b,
        fn: (a) => {
          order.push("first");
          if (a === "bad") throw new Fault("refused", "No");
          return a + "1";
        },
      });
      const good = on(first.success, {
        inputs: { b },
        outputs: c,
        fn: ({ b }) => (order.push("good"), b + "2"),
      });
      const bad = on(first.failure, {
        outputs: c,
        fn: (_, { failure }) => (order.push("bad"), `sorry, ${failure?.action}: ${failure?.message}`),
      });
      const always = on(first.done, { fn: () => void order.push("always") });
      return { first, good, bad, always };
    },
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("first", { a: "x" }), { b: "x1", c: "x12" });
  assert.deepEqual(order.splice(0), ["first", "good", "always"]);
  const run = app.submit("first", { a: "bad" });
  for await (const _ of run);
  assert.deepEqual(order, ["first", "bad", "always"]);
  assert.equal(run.log[3]?.type === "output" && run.log[3].values.c, "sorry, first: No");
  assert.deepEqual(run.log.map((frame) => frame.type), [
    "started",
    "failed",
    "started",
    "output",
    "started",
    "done",
  ]);
});

Deno.test("Blocks() refuses a chain that never ends", () => {
  assert.throws(() => {
    Blocks({
      fields: { go: push() },
      actions: ({ go }) => {
        const when: EventRef[] = [go.click];
        const a = on(when, { fn: () => ({}) });
        const b = on(a.done, { fn: () => ({}) });
        when.push(b.done);
        return { a, b };
      },
    });
  }, /Cannot chain a -> b -> a/);
});

Deno.test("Run.cancel() ends a run at once, aborts its signal and runs the generator's finally once", async () => {
  const told: string[] = [];
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        async *fn(_, { signal }) {
          try {
            yield "one";
            await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
            yield "two";
          } finally {
            told.push("closed");
          }
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const run = app.submit("act");
  await run.after(1);
  run.cancel();
  run.cancel();
  assert.equal(run.finished, true);
  assert.deepEqual(run.log.at(-1), { type: "done", outcome: "cancelled", ms: 0 });
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(told, ["closed"]);
  assert.equal(run.log.length, 3);
  assert.equal(app.engine.load.busy, 0);
});

Deno.test("A run whose readers have all gone is cancelled after the grace time, and not when one comes back", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        fn: (_, { signal }) =>
          new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      }),
    }),
  });
  await using app = openDemo(page, { graceMs: 1000, runMs: null });
  const run = app.submit("act");
  app.engine.attend(run)[Symbol.dispose]();
  app.clock.tick(999);
  const back = app.engine.attend(run);
  app.clock.tick(5000);
  assert.equal(run.finished, false);
  back[Symbol.dispose]();
  app.clock.tick(1000);
  assert.equal(run.finished, true);
  // The handler hears of it in the next turn.
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(app.clock.waiting, 0);
});

Deno.test("A group's limit holds back further runs, which are told where they stand", async () => {
  const release: (() => void)[] = [];
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        concurrencyLimit: 1,
        fn: () => new Promise<string>((resolve) => release.push(() => resolve("done"))),
      }),
    }),
  });
  await using app = openDemo(page);
  const one = app.submit("act"), two = app.submit("act");
  assert.deepEqual(two.log.map((frame) => frame.type), ["queued"]);
  release.shift()?.();
  for await (const _ of one);
  await two.after(1);
  release.shift()?.();
  for await (const _ of two);
  assert.deepEqual(two.log.map((frame) => frame.type), ["queued", "started", "output", "done"]);
});

Deno.test("Engine keeps no more finished runs than it was told", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({ act: on([go.click, load], { outputs: b, fn: () => "x" }) }),
  });
  await using app = openDemo(page, { keptRuns: 10 });
  for (let i = 0; i < 1000; i++) app.engine.seen(app.submit("act"));
  assert.ok(app.engine.load.runs <= 11, String(app.engine.load.runs));
  assert.deepEqual(page.demo.plans.act?.when, ["go:click", ":load"]);
});

Deno.test("Engine.submit() gives every run an id of its own", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({ act: on(go.click, { outputs: b, fn: () => "x" }) }),
  });
  await using app = openDemo(page);
  const ids = Array.from({ length: 300 }, () => app.submit("act").id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{24}$/);
});

Deno.test("Engine.find() gives a run to its own session only, at the page of the run", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({ act: on(go.click, { outputs: b, fn: () => "x" }) }),
  });
  await using app = openDemo(page);
  const run = app.submit("act");
  const session = app.engine.sessions.open(app.session).id;
  assert.equal(app.engine.find(run.id, { session, page: "/demo" }), run);
  for (const page of ["/", "/demo/", "/demos", "/another", ""]) {
    assert.throws(() => app.engine.find(run.id, { session, page }), is("not_found"), page);
  }
  const other = { session: app.engine.sessions.open(app.engine.sessions.mint()).id, page: "/demo" };
  assert.throws(() => app.engine.find(run.id, other), is("not_found"));
  assert.throws(() => app.engine.find({}, other), is("not_found"));
});

Deno.test("progress and log reach the page in order", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        fn: (_, { progress, log }) => {
          progress(1, 2, "half");
          log.warning("careful", { title: "Look", seconds: 3 });
          return "x";
        },
      }),
    }),
  });
  await using app = openDemo(page);
  assert.deepEqual(app.submit("act").log.slice(1, 3), [
    { type: "progress", action: "act", done: 1, total: 2, note: "half" },
    { type: "log", level: "warning", text: "careful", title: "Look", seconds: 3 },
  ]);
});

for (const batch of [false, true] as const) {
  Deno.test(`progress that is no share ends a handler${batch ? " of a batch" : ""} with what would be right`, async () => {
    let thrown: unknown;
    const fn = (_: unknown, { progress }: { progress: (done: number) => void }) => {
      try {
        return progress(30) as never;
      } catch (error) {
        throw thrown = error;
      }
    };
    const page = Blocks({
      fields: { b: text(), go: push() },
      actions: ({ b, go }) => ({ act: on(go.click, { outputs: b, batch, fn }) }),
    });
    await using app = openDemo(page);
    await assert.rejects(app.run("act"), is("internal"));
    assert.match(String(thrown), /RangeError: Cannot tell progress\(30\): .* from 0 to 1/);
  });
}

Deno.test("timeoutMs ends a handler that takes longer, gives its place back and runs the failure branch", async () => {
  let aborted = false;
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => {
      const slow = on(go.click, {
        outputs: b,
        timeoutMs: 2000,
        fn: (_, { signal }) => {
          signal.addEventListener("abort", () => aborted = true);
          return new Promise<string>(() => {});
        },
      });
      return { slow, sorry: on(slow.failure, { outputs: b, fn: () => "sorry" }) };
    },
  });
  await using app = openDemo(page);
  const run = app.submit("slow");
  await run.after(0);
  app.clock.tick(2000);
  for await (const _ of run);
  assert.ok(aborted);
  assert.deepEqual(run.log.map((frame) => frame.type), ["started", "failed", "started", "output", "done"]);
  assert.equal(run.log[1]?.type === "failed" && run.log[1].code, "timeout");
  assert.deepEqual(app.engine.load.busy, 0);
  assert.equal(app.clock.waiting, 0);
});

Deno.test("progress.each() hands items on and tells how many are done", async () => {
  const page = Blocks({
    fields: { b: text(), go: push() },
    actions: ({ b, go }) => ({
      act: on(go.click, {
        outputs: b,
        async fn(_, { progress }) {
          let all = "";
          for await (const letter of progress.each(["a", "b"], "letters")) all += letter;
          return all;
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const run = app.submit("act");
  for await (const _ of run);
  assert.deepEqual(
    run.log.flatMap((frame) => frame.type === "progress" ? [[frame.done, frame.total, frame.note]] : []),
    [[0, 2, "letters"], [1, 2, "letters"], [2, 2, "letters"]],
  );
});

Deno.test("A failure that only .done follows is still a failure", async () => {
  const page = Blocks({
    fields: { go: push() },
    actions: ({ go }) => {
      const act = on(go.click, {
        fn: () => {
          throw new Fault("refused", "No");
        },
      });
      return { act, always: on(act.done, { fn: () => {} }) };
    },
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("act"), is("refused"));
});

Deno.test("Engine.submit() starts one run for one id of a session, and finds it by that id", async () => {
  let called = 0;
  const page = Blocks({
    fields: { a: text(), b: text(), go: push() },
    actions: ({ a, b, go }) => ({
      act: on(go.click, { inputs: a, outputs: b, fn: (a) => `${a}${++called}` }),
    }),
  });
  await using app = openDemo(page, { keptRuns: 2 });
  const { engine } = app;
  const call = (id: string, token: string, a = "x") =>
    engine.submit({
      id,
      demo: page.demo,
      action: "act",
      input: { a },
      page: "/demo",
      session: engine.sessions.open(token),
      request: {
        headers: new Headers(),
        url: "http://127.0.0.1/demo",
        query: new URLSearchParams(),
        cookies: {},
        client: "127.0.0.1",
      },
    });
  const mine = { session: engine.sessions.open(app.session).id, page: "/demo" };
  const run = call("one", app.session);
  assert.equal(call("one", app.session), run);
  assert.equal(call("one", app.session, "other"), run);
  assert.equal(engine.find("one", mine), run);
  assert.equal(engine.find(run.id, mine), run);
  assert.equal(called, 1);

  const token = engine.sessions.mint();
  assert.throws(
    () => engine.find("one", { ...mine, session: engine.sessions.open(token).id }),
    is("not_found"),
  );
  assert.notEqual(call("one", token), run);
  assert.equal(called, 2);

  // The name is forgotten with the run.
  engine.seen(run);
  call("two", app.session);
  call("three", app.session);
  assert.throws(() => engine.find("one", mine), is("not_found"));
  assert.notEqual(call("one", app.session), run);
});

Deno.test("Engine.submit() keeps no id of a call that it refused", async () => {
  const page = Blocks({
    fields: { n: count({ max: 5 }), b: text(), go: push() },
    actions: ({ n, b, go }) => ({ act: on(go.click, { inputs: { n }, outputs: b, fn: ({ n }) => `${n}` }) }),
  });
  await using app = openDemo(page);
  const call = (n: number) =>
    app.engine.submit({
      id: "one",
      demo: page.demo,
      action: "act",
      input: { n },
      page: "/demo",
      session: app.engine.sessions.open(app.session),
      request: {
        headers: new Headers(),
        url: "http://127.0.0.1/demo",
        query: new URLSearchParams(),
        cookies: {},
        client: "127.0.0.1",
      },
    });
  assert.throws(() => call(6), is("bad_input", "n"));
  assert.equal(call(5).finished, true);
});
