import assert from "node:assert/strict";
import { button, Fault, number, on, textbox } from "atoll";
import { Blocks } from "./blocks.tsx";
import type { RunContext } from "./action.ts";
import { remote, remoteOf, type RemoteRunner, runRemotesBy } from "./remote.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type * as Work from "@/lib/engine/pool/testing/handlers.ts";

const module = import.meta.resolve("../engine/pool/testing/handlers.ts");
const work = remote<typeof Work>(module, { runs: "worker" });

function demo() {
  return Blocks({
    fields: {
      n: number({ value: 3 }),
      text: textbox({ value: "a b" }),
      out: textbox(),
      last: number(),
      go: button("Go"),
    },
    actions: ({ n, text, out, last, go }) => ({
      words: on(go.click, { inputs: text, outputs: out, fn: work.words }),
      count: on(go.click, { inputs: n as never, outputs: last, fn: work.countTo as never }),
      refuse: on(go.click, { outputs: out, fn: work.refuse }),
      missing: on(go.click, {
        outputs: out,
        fn: (work as unknown as Record<string, typeof work.refuse>).nothing!,
      }),
    }),
  });
}

Deno.test("remote() runs the handler where it is called when nobody else runs it, so that demos can be tested", async () => {
  await using app = openDemo(demo());
  assert.deepEqual(await app.run("words", { text: "one two" }), { out: "two" });
  assert.deepEqual(await app.run("count", { n: 4 }), { last: 4 });
  await assert.rejects(app.run("refuse"), (error) => error instanceof Fault && error.code === "refused");
  await assert.rejects(app.run("missing"), /Cannot run "nothing".* it exports no such function/);
});

Deno.test("runRemotesBy() hands calls over, until it is disposed of", async () => {
  const asked: unknown[] = [];
  const runner: RemoteRunner = async function* ({ name, options }, input) {
    asked.push([name, options.runs, input]);
    yield "elsewhere";
  };
  await using app = openDemo(demo());
  {
    using _ = runRemotesBy(runner);
    assert.deepEqual(await app.run("words", { text: "x" }), { out: "elsewhere" });
  }
  assert.deepEqual(await app.run("words", { text: "x" }), { out: "x" });
  assert.deepEqual(asked, [["words", "worker", "x"]]);
});

Deno.test("Calls of remote handlers wait in one queue for the places of their pool, and are told where they stand", async () => {
  const hold = Promise.withResolvers<void>();
  const runner: RemoteRunner = async function* () {
    await hold.promise;
    yield "elsewhere";
  };
  await using app = openDemo(demo(), { seats: 1 });
  using _ = runRemotesBy(runner);
  const first = app.submit("words", { text: "x" });
  const second = app.submit("refuse");
  assert.equal(first.begun, true);
  assert.deepEqual(second.log.map(({ type }) => type), ["queued"]);
  hold.resolve();
  for await (const _ of second);
  assert.equal(second.log.at(-1)?.type, "done");
});

Deno.test("remoteOf() says where a handler is found", () => {
  const options = { runs: "process", memoryMb: 64 } as const;
  const { echo } = remote<typeof Work>(module, options);
  assert.deepEqual(remoteOf(echo), { module, name: "echo", options });
  assert.equal(work.echo, work.echo);
  assert.equal(remoteOf(() => 1), undefined);
  assert.equal(remoteOf(undefined), undefined);
});

Deno.test("remote() refuses at once what cannot be right", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => remote("./work.ts", { runs: "worker" }), /takes import\.meta\.resolve/],
    [() => remote("https://example.org/work.ts", { runs: "worker" }), /takes import\.meta\.resolve/],
    [() => remote(module, { runs: "thread" as "worker" }), /it is "worker" or "process"/],
    [() => remote(module, { runs: "worker", timeoutMs: 0 }), /timeoutMs is from 1/],
    [() => remote(module, { runs: "worker", timeoutMs: NaN }), /timeoutMs is from 1/],
    [() => remote(module, { runs: "worker", memoryMb: 64 } as never), /only a process can be held to it/],
    [() => remote(module, { runs: "process", memoryMb: 8 }), /memoryMb is a whole number from 16/],
    [() => remote(module, { runs: "process", permissions: { net: ["a,b"] } }), /without commas/],
  ];
  for (const [make, message] of wrong) assert.throws(make, message);
});

Deno.test("The types of remote() are those of the module", () => {
  const check = () => {
    const { n, text, out, go } = demo().fields;
    on(go.click, { inputs: text, outputs: out, fn: work.words });
    // @ts-expect-error the module has no such function
    on(go.click, { fn: work.nothing });
    // @ts-expect-error words() takes text
    on(go.click, { inputs: { n }, outputs: out, fn: work.words });
    // @ts-expect-error countTo() gives numbers
    on(go.click, { outputs: out, fn: work.countTo });
    // @ts-expect-error a worker has the server's memory
    remote<typeof Work>(module, { runs: "worker", memoryMb: 64 });
    const context = {} as RunContext;
    const sum: AsyncGenerator<never, number> = work.add({ a: 1, b: 2 }, context);
    const words: AsyncGenerator<string, void> = work.words("a", context);
    return [sum, words];
  };
  assert.equal(typeof check, "function");
});
