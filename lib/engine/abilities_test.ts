import assert from "node:assert/strict";
import { z } from "zod";
import { type BatchContext, on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { cached } from "@/lib/demo/cached.ts";
import { component } from "@/lib/demo/component.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import type { Run } from "./run.ts";

const kept = component({
  kind: "kept",
  props: z.object({ value: z.unknown(), seconds: z.number().optional(), gone: z.unknown().optional() }),
  wire: () => z.unknown() as unknown as z.ZodType<string>,
  empty: () => "",
  events: { change: null },
  holds: "session",
  keeps: ({ seconds, gone }) => ({
    ms: seconds === undefined ? undefined : seconds * 1000,
    onDelete: gone as ((value: unknown) => void) | undefined,
  }),
  view: (_: ViewProps<object, unknown>) => null,
});

const types = (run: Run) => run.log.map(({ type }) => type);
const turn = () => new Promise((resolve) => setTimeout(resolve));
const over = async (run: Run) => {
  for await (const _ of run);
  return run;
};

Deno.test("validate: a function objects before the queue, and nothing runs", async () => {
  let called = 0;
  const page = Blocks({
    fields: { name: text(), mail: text(), out: text(), go: push() },
    actions: ({ name, mail, out, go }) => ({
      join: on(go.click, {
        inputs: { name, mail },
        outputs: out,
        validate: {
          name: (name) => name.length < 2 ? "Give a name of two letters or more" : undefined,
          mail: z.email("This is no address"),
        },
        fn: ({ name }) => `${++called} ${name}`,
      }),
    }),
  });
  await using app = openDemo(page);
  assert.throws(() => app.submit("join", { name: "A", mail: "x" }), (error) => {
    assert.ok(error instanceof Fault);
    assert.equal(error.code, "bad_input");
    assert.deepEqual(error.fields, {
      name: "Give a name of two letters or more",
      mail: "This is no address",
    });
    return true;
  });
  assert.throws(
    () => app.submit("join", { name: "Ada", mail: "x" }),
    (error) => error instanceof Fault && error.field === "mail" && error.fields === undefined,
  );
  assert.equal(called, 0);
  assert.equal(app.engine.load.runs, 0);
  assert.deepEqual(await app.run("join", { name: "Ada", mail: "ada@example.org" }), { out: "1 Ada" });
});

Deno.test("validate: checks that take time hold the call back, and refuse it", async () => {
  let called = 0;
  const taken = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { name: text(), out: text(), go: push() },
    actions: ({ name, out, go }) => ({
      join: on(go.click, {
        inputs: name,
        outputs: out,
        validate: async (name) => {
          await taken.promise;
          return name === "ada" ? "This name is taken" : undefined;
        },
        fn: (name) => `${++called} ${name}`,
      }),
    }),
  });
  await using app = openDemo(page);
  const refused = app.submit("join", { name: "ada" });
  const admitted = app.submit("join", { name: "bob" });
  assert.deepEqual([types(refused), types(admitted)], [[], []]);
  taken.resolve();
  await assert.rejects(refused.admitted ?? Promise.resolve(), (error) => {
    return error instanceof Fault && error.code === "bad_input" && error.field === "name";
  });
  assert.deepEqual(types(await over(refused)), ["failed", "done"]);
  assert.deepEqual(types(await over(admitted)), ["started", "output", "done"]);
  assert.equal(called, 1);
});

Deno.test("validate: an action that follows another is checked when its turn comes", async () => {
  const page = Blocks({
    fields: { a: text(), b: text(), go: push() },
    actions: ({ a, b, go }) => {
      const first = on(go.click, { inputs: a, outputs: a, fn: (a) => a + a });
      const second = on(first.success, {
        inputs: a,
        outputs: b,
        validate: (a) => a.length > 3 ? "Too long" : undefined,
        fn: (a) => a,
      });
      return { first, second };
    },
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("first", { a: "x" }), { a: "xx", b: "xx" });
  await assert.rejects(
    app.run("first", { a: "xx" }),
    (error) => error instanceof Fault && error.field === "a",
  );
});

Deno.test("validate: refuses checks that belong to no input, at declaration", () => {
  const fields = { a: text(), b: text(), go: push() };
  const page = (validate: unknown) => () =>
    Blocks({
      fields,
      actions: ({ a, b, go }) => ({
        act: on(go.click, { inputs: { a, b }, validate: validate as Record<never, never>, fn: () => {} }),
      }),
    });
  assert.throws(page({ c: () => "" }), /Cannot validate "c" of action "act".*inputs are a, b/);
  assert.throws(page({ a: "yes" }), /a check is a function or a schema/);
  assert.throws(page(() => ""), /given by name/);
});

Deno.test("cached() answers again without calling the handler, yields and all, and says so", async () => {
  let called = 0;
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      act: on(go.click, {
        inputs: { a },
        outputs: { out },
        concurrencyLimit: 1,
        fn: cached(async function* ({ a }: { a: string }) {
          called++;
          yield { out: a };
          await Promise.resolve();
          yield { out: `${a}!` };
        }),
      }),
    }),
  });
  await using app = openDemo(page);
  const first = await over(app.submit("act", { a: "x" }));
  const second = await over(app.submit("act", { a: "x" }));
  const values = (run: Run) => run.log.flatMap((frame) => frame.type === "output" ? [frame.values] : []);
  assert.equal(called, 1);
  assert.deepEqual(values(second), values(first));
  assert.deepEqual(second.log[0], { type: "started", action: "act", cached: true });
  assert.ok(second.log.some((frame) => frame.type === "log" && /cache/.test(frame.text)));
  await over(app.submit("act", { a: "y" }));
  assert.equal(called, 2);
});

Deno.test("cached() passes the queue by", async () => {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      act: on(go.click, {
        inputs: a,
        outputs: out,
        concurrencyLimit: 1,
        fn: cached(async (a: string) => {
          if (a === "slow") await hold.promise;
          return a.toUpperCase();
        }),
      }),
    }),
  });
  await using app = openDemo(page);
  await app.run("act", { a: "x" });
  const slow = app.submit("act", { a: "slow" });
  assert.deepEqual(await app.run("act", { a: "x" }), { out: "X" });
  assert.equal(slow.finished, false);
  hold.resolve();
  await over(slow);
});

Deno.test("cached() does not remember what failed or was cancelled", async () => {
  let called = 0;
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      act: on(go.click, {
        inputs: a,
        outputs: out,
        fn: cached(async (a: string) => {
          if (++called === 1) throw new Fault("refused", "Not now");
          await Promise.resolve();
          return a;
        }),
      }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("act", { a: "x" }), /Not now/);
  app.submit("act", { a: "x" }).cancel();
  assert.deepEqual(await app.run("act", { a: "x" }), { out: "x" });
  assert.equal(called, 3);
});

Deno.test("cached() keeps people apart who are logged in, and sessions where it is told to", async () => {
  let called = 0;
  const fn = (a: string) => `${++called} ${a}`;
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      shared: on(go.click, { inputs: a, outputs: out, fn: cached(fn) }),
      own: on(go.click, { inputs: a, outputs: out, fn: cached(fn, { perSession: true }) }),
    }),
  });
  await using app = openDemo(page);
  const as = (id: string) => ({ request: { user: { id, name: id, roles: [] } } });
  assert.deepEqual(await app.run("shared", { a: "x" }, as("ada")), { out: "1 x" });
  assert.deepEqual(await app.run("shared", { a: "x" }, as("bob")), { out: "2 x" });
  assert.deepEqual(await app.run("shared", { a: "x" }, as("ada")), { out: "1 x" });
  assert.deepEqual(await app.run("own", { a: "x" }), { out: "3 x" });
  assert.deepEqual(await app.run("own", { a: "x" }, { session: app.engine.sessions.mint() }), { out: "4 x" });
});

Deno.test("cached() keeps what was given then, and hands each session a value of its own", async () => {
  const list: string[] = [];
  const page = Blocks({
    fields: { a: text(), all: kept({ value: [] }), out: text(), go: push() },
    actions: ({ a, all, out, go }) => ({
      add: on(go.click, {
        inputs: a,
        outputs: { all },
        fn: cached((a: string) => {
          list.push(a);
          return { all: list as unknown as string };
        }),
      }),
      spoil: on(go.click, {
        inputs: all,
        outputs: out,
        fn: (all) =>
          JSON.stringify((all as unknown as string[]).concat((all as unknown as string[]).splice(0))),
      }),
    }),
  });
  await using app = openDemo(page);
  await app.run("add", { a: "x" });
  list.push("changed later");
  const session = app.engine.sessions.mint();
  await app.run("add", { a: "x" }, { session });
  assert.deepEqual(await app.run("spoil", {}, { session }), { out: '["x"]' });
  const third = app.engine.sessions.mint();
  await app.run("add", { a: "x" }, { session: third });
  assert.deepEqual(await app.run("spoil", {}, { session: third }), { out: '["x"]' });
});

Deno.test("cached() forgets the answer that was asked for longest ago, by number and by bytes", async () => {
  let called = 0;
  const fn = (a: string) => `${++called}${a}`;
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      few: on(go.click, { inputs: a, outputs: out, fn: cached(fn, { maxEntries: 2 }) }),
      small: on(go.click, { inputs: a, outputs: out, fn: cached(fn, { maxBytes: 100 }) }),
    }),
  });
  await using app = openDemo(page);
  for (const a of ["a", "b", "a", "c", "a"]) await app.run("few", { a });
  assert.equal(called, 3);
  await app.run("few", { a: "b" });
  assert.equal(called, 4);
  await app.run("small", { a: "x".repeat(90) });
  await app.run("small", { a: "x".repeat(90) });
  assert.equal(called, 6);
  assert.throws(() => cached(fn, { maxEntries: 0 }), RangeError);
});

Deno.test("cached() asks for a key where the answer hangs on what lives on the server", async () => {
  const page = (key?: () => unknown) =>
    Blocks({
      fields: { seen: kept({ value: 1 }), out: text(), go: push() },
      actions: ({ seen, out, go }) => ({
        act: on(go.click, { inputs: { seen }, outputs: out, fn: cached(() => "x", key ? { key } : {}) }),
      }),
    });
  assert.throws(() => page(), /Cannot cache action "act".*takes "seen"/);
  await using app = openDemo(page(() => "one"));
  assert.deepEqual(await app.run("act"), { out: "x" });
});

Deno.test("batch: calls that wait are merged, and each gets its own outcome", async () => {
  const sizes: number[] = [];
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      up: on(go.click, {
        inputs: { a },
        outputs: { out },
        concurrencyLimit: 1,
        batch: true,
        maxBatchSize: 3,
        fn: async (calls) => {
          sizes.push(calls.length);
          if (sizes.length === 1) await hold.promise;
          return calls.map(({ a }) => ({ out: a.toUpperCase() }));
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const first = app.submit("up", { a: "a" });
  await turn();
  const runs = [first, ...["b", "c", "d", "e"].map((a) => app.submit("up", { a }))];
  hold.resolve();
  for (const run of runs) await over(run);
  assert.deepEqual(sizes, [1, 3, 1]);
  const given = runs.map((run) => run.log.find((frame) => frame.type === "output")?.values);
  assert.deepEqual(given, [{ out: "A" }, { out: "B" }, { out: "C" }, { out: "D" }, { out: "E" }]);
  assert.deepEqual(app.engine.load.busy, 0);
});

Deno.test("batch: one call that is cancelled leaves the others alone, the last tells the handler", async () => {
  const contexts: BatchContext[] = [];
  const holds: PromiseWithResolvers<void>[] = [];
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      up: on(go.click, {
        inputs: a,
        outputs: out,
        concurrencyLimit: 1,
        batch: true,
        fn: async (all, run) => {
          contexts.push(run);
          const hold = Promise.withResolvers<void>();
          holds.push(hold);
          run.progress(1, 2, "half");
          await hold.promise;
          return all;
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const first = app.submit("up", { a: "1" });
  await turn();
  const [second, third, fourth] = ["2", "3", "4"].map((a) => app.submit("up", { a })) as [Run, Run, Run];
  await turn();
  third.cancel();
  holds[0]?.resolve();
  await over(first);
  await turn();
  second.cancel();
  assert.equal(contexts[1]?.signal.aborted, false);
  assert.ok(fourth.log.some((frame) => frame.type === "progress" && frame.note === "half"));
  fourth.cancel();
  assert.equal(contexts[1]?.signal.aborted, true);
  holds[1]?.resolve();
  await turn();
  assert.equal(contexts.length, 2);
  assert.equal(app.engine.load.busy, 0);
});

Deno.test("batch: a list of another length is the handler's mistake, told to all", async () => {
  const page = Blocks({
    fields: { a: text(), out: text(), go: push() },
    actions: ({ a, out, go }) => ({
      up: on(go.click, { inputs: a, outputs: out, batch: true, fn: () => [] }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("up", { a: "x" }), /given 1 inputs and gave 0 of outputs/);
});

Deno.test("on() types the handler of a batch by lists", () => {
  const fields = { a: text(), out: text(), go: push() };
  on(fields.go.click, {
    inputs: { a: fields.a },
    outputs: fields.out,
    batch: true,
    fn: (calls) => {
      const names: string[] = calls.map(({ a }) => a);
      return names;
    },
  });
  on(fields.go.click, {
    inputs: fields.a,
    outputs: fields.out,
    batch: true,
    // @ts-expect-error a batch gives a list
    fn: () => "one",
  });
  on(fields.go.click, {
    inputs: { a: fields.a },
    // @ts-expect-error there is no input of that name
    validate: { b: () => "" },
    fn: () => {},
  });
});

Deno.test("A change of state starts the actions that listen to it, on the server, in the same run", async () => {
  const page = Blocks({
    fields: { a: text(), all: kept({ value: [] }), count: text(), go: push() },
    actions: ({ a, all, count, go }) => ({
      add: on(go.click, {
        inputs: { a, all },
        outputs: { all },
        fn: ({ a, all }) => ({ all: (a === "" ? all : [...all as unknown as string[], a]) as string }),
      }),
      tell: on(all.change, {
        inputs: all,
        outputs: count,
        fn: (all) => `${(all as unknown as string[]).length}`,
      }),
    }),
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("add", { a: "x" }), { count: "1" });
  assert.deepEqual(await app.run("add", { a: "y" }), { count: "2" });
  assert.deepEqual(page.demo.plans.add?.gives, ["count"]);
});

Deno.test("Runs of one session that take and give a state change it one after the other, those of others beside", async () => {
  let most = 0, busy = 0;
  const page = Blocks({
    fields: { n: kept({ value: 0 }), out: text(), go: push() },
    actions: ({ n, out, go }) => ({
      count: on(go.click, {
        inputs: n,
        outputs: { n, out },
        fn: async (n) => {
          most = Math.max(most, ++busy);
          await turn();
          busy--;
          return { n: `${Number(n) + 1}`, out: `${Number(n) + 1}` };
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const [one, other] = [app.engine.sessions.mint(), app.engine.sessions.mint()];
  const runs = Array.from(
    { length: 20 },
    (_, i) => app.submit("count", {}, { session: i % 2 ? one : other }),
  );
  runs[4]?.cancel();
  for (const run of runs) await over(run);
  assert.deepEqual(await app.run("count", {}, { session: one }), { out: "11" });
  assert.deepEqual(await app.run("count", {}, { session: other }), { out: "10" });
  assert.equal(most, 2);
});

Deno.test("One session cannot heap up calls that wait for each other, and each is told where it stands", async () => {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { n: kept({ value: 0 }), go: push() },
    actions: ({ n, go }) => ({
      count: on(go.click, { inputs: n, outputs: n, fn: (n) => hold.promise.then(() => `${n}`) }),
    }),
  });
  await using app = openDemo(page, { queueSize: 10 });
  const runs = Array.from({ length: 6 }, () => app.submit("count"));
  assert.deepEqual(runs[3]?.log, [{ type: "queued", position: 3, of: 3 }]);
  assert.throws(
    () => app.submit("count"),
    (error) => error instanceof Fault && error.code === "rate_limited",
  );
  assert.equal(app.engine.load.runs, 6);
  hold.resolve();
  for (const run of runs) await over(run);
  assert.equal(app.engine.load.busy, 0);
});

Deno.test("A state that is written with an equal value raises no change", async () => {
  let changes = 0;
  const page = Blocks({
    fields: { n: kept({ value: { n: 1 } }), go: push() },
    actions: ({ n, go }) => ({
      same: on(go.click, { outputs: n, fn: () => ({ n: 1 }) as unknown as string }),
      other: on(go.click, { outputs: n, fn: () => ({ n: 2 }) as unknown as string }),
      changed: on(n.change, { fn: () => void changes++ }),
    }),
  });
  await using app = openDemo(page);
  await app.run("same");
  assert.equal(changes, 0);
  await app.run("other");
  assert.equal(changes, 1);
});

Deno.test("Actions that start each other by state are stopped, and the page is told", async () => {
  let steps = 0;
  const page = Blocks({
    fields: { n: kept({ value: 0 }), go: push() },
    actions: ({ n, go }) => ({
      start: on(go.click, { outputs: n, fn: () => "0" }),
      more: on(n.change, { inputs: n, outputs: n, fn: (n) => `${Number(n) + ++steps}` }),
    }),
  });
  await using app = openDemo(page);
  await assert.rejects(app.run("start"), /Stopped after 100 steps/);
  assert.equal(steps, 99);
});

Deno.test("A state is let go of when its time is up, and who wants to know is told", async () => {
  const gone: unknown[] = [];
  const page = Blocks({
    fields: {
      n: kept({ value: "new", seconds: 60, gone: (value: unknown) => gone.push(value) }),
      out: text(),
      go: push(),
    },
    actions: ({ n, out, go }) => ({
      write: on(go.click, { outputs: n, fn: () => "written" }),
      read: on(go.click, { inputs: n, outputs: out, fn: (n) => `${n}` }),
    }),
  });
  await using app = openDemo(page);
  await app.run("write");
  app.clock.tick(59_000);
  assert.deepEqual(await app.run("read"), { out: "written" });
  app.clock.tick(2000);
  assert.deepEqual(await app.run("read"), { out: "new" });
  assert.deepEqual(gone, ["written"]);
  assert.equal(app.clock.waiting, 0);
});

Deno.test("A session that was left is forgotten an hour later, one that comes back is not", async () => {
  const gone: unknown[] = [];
  const page = Blocks({
    fields: { n: kept({ value: "", gone: (value: unknown) => gone.push(value) }), a: text(), go: push() },
    actions: ({ n, a, go }) => ({ write: on(go.click, { inputs: a, outputs: n, fn: (a) => a }) }),
  });
  await using app = openDemo(page);
  const [one, other] = [app.engine.sessions.mint(), app.engine.sessions.mint()];
  for (const session of [one, other]) {
    await app.run("write", { a: session === one ? "one" : "other" }, { session });
    app.engine.sessions.leave(app.engine.sessions.open(session).id);
  }
  app.engine.sessions.open(other);
  app.clock.tick(3_601_000);
  assert.deepEqual(gone, ["one"]);
});

Deno.test("Sessions that hold too much: one is refused, of many the one that was idle longest is forgotten", async () => {
  const gone: unknown[] = [];
  const page = Blocks({
    fields: {
      n: kept({ value: "", gone: (value: unknown) => gone.push((value as string)[0]) }),
      a: text(),
      go: push(),
    },
    actions: ({ n, a, go }) => ({ write: on(go.click, { inputs: a, outputs: n, fn: (a) => a }) }),
  });
  await using app = openDemo(page, { sessionBytes: 1000, totalBytes: 2500 });
  await assert.rejects(app.run("write", { a: "x".repeat(1001) }), /would take more than/);
  const sessions = ["a", "b", "c"].map(() => app.engine.sessions.mint());
  for (const [at, session] of sessions.entries()) {
    await app.run("write", { a: "abc"[at]?.repeat(900) as string }, { session });
  }
  assert.deepEqual(gone, ["a"]);
  assert.equal(app.engine.load.sessions, 2);
});

Deno.test("A handler that does not hear of its cancel gives its place back after five seconds", async () => {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { out: text(), go: push() },
    actions: ({ out, go }) => ({
      deaf: on(go.click, { outputs: out, concurrencyLimit: 1, fn: () => hold.promise.then(() => "late") }),
    }),
  });
  await using app = openDemo(page);
  const deaf = app.submit("deaf");
  const next = app.submit("deaf");
  deaf.cancel();
  assert.deepEqual(types(next), ["queued"]);
  app.clock.tick(5000);
  await turn();
  assert.equal(next.begun, true);
  hold.resolve();
  await over(next);
  assert.equal(app.engine.load.busy, 0);
});

Deno.test("A run that says more than the log may hold keeps one frame in place of all before it", async () => {
  const page = Blocks({
    fields: { out: text(), other: text(), go: push() },
    actions: ({ out, other, go }) => ({
      talk: on(go.click, {
        outputs: { out, other },
        *fn() {
          yield { other: "once" };
          for (let i = 0; i < 10_000; i++) yield { out: `${i}`.padEnd(1024, "x") };
        },
      }),
    }),
  });
  await using app = openDemo(page);
  const run = app.submit("talk");
  const values: Record<string, unknown> = {};
  let last = 0;
  for await (const frame of run) {
    assert.ok(frame.seq === last + 1 || frame.type === "output" && frame.whole, `${last} ${frame.seq}`);
    last = frame.seq;
    if (frame.type === "output") Object.assign(values, frame.values);
    assert.ok(run.weight < 3 * 1024 * 1024);
  }
  assert.deepEqual(values, { other: "once", out: "9999".padEnd(1024, "x") });
  assert.equal(last, 10_003);
  const first = run.log[0];
  assert.ok(first?.type === "output" && first.whole && first.values.other === "once");
});
