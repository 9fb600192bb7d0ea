import assert from "node:assert/strict";
import { Blocks, button, number, on, textbox } from "atoll";
import { fakeClock } from "atoll/testing";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { answerRun } from "@/lib/gate/stream.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { copyProject } from "@/tests/copied.ts";
import { amount } from "@/tests/effort.ts";
import { seeded } from "@/tests/fault_proxy.ts";
import { startServer } from "@/tests/server.ts";
import { newId, Torture } from "./torture.ts";

const KILLS = amount({ gate: 5, proof: 100 });
const CLIENTS = 8;

function demoWith(name: string) {
  return Blocks({
    fields: { go: button("Go"), ms: number(), out: textbox() },
    actions: ({ go, ms, out }) => ({
      [name]: on(go.click, {
        inputs: ms,
        outputs: out,
        retry: true,
        fn: () => new Promise<string>(() => {}),
      }),
    }),
  });
}

Deno.test("I13: a stream that has nothing to say tells every 15 s that it is still there", async () => {
  await using app = openDemo(demoWith("wait"));
  const run = app.submit("wait");
  let waiters = 0;
  const after = run.after.bind(run);
  run.after = (seq) => {
    const news = after(seq);
    if (news) waiters++;
    return news;
  };
  const answer = answerRun(app.engine, run, app.clock);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader.read()).value!, /"type":"started"/);
  for (let beat = 0; beat < 3; beat++) {
    const next = reader.read();
    await new Promise((resolve) => setTimeout(resolve));
    app.clock.tick(15_000);
    assert.equal((await next).value, ": still here\n\n");
  }
  assert.equal(waiters, 1, "heartbeats add nothing that the run must call");
  await reader.cancel();
});

Deno.test("I37: an event whose action is gone after a restart has an end that says so", async () => {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  await using store = memoryStore({ now: clock.now });
  const secret = random(32);
  const begin = () => {
    const broke = (error: unknown) => String(error);
    const journal = new Journal({ store, now: clock.now, after: clock.after, broke });
    const blobs = memoryBlobs({ now: clock.now, random });
    return { journal, engine: new Engine({ blobs, clock, random, secret, journal, broke }) };
  };
  const first = begin();
  const session = first.engine.sessions.open(first.engine.sessions.mint());
  const request = {
    headers: new Headers(),
    url: "http://127.0.0.1/demo",
    client: "127.0.0.1",
    query: {},
    cookies: {},
  };
  const id = newId();
  const call = {
    id,
    action: "wait",
    input: {},
    session,
    page: "/demo",
    request,
    demo: demoWith("wait").demo,
  };
  await first.engine.accept(call as never);
  await first.journal.flush();

  const second = begin();
  assert.deepEqual(await second.engine.recover(), ["/demo"]);
  await second.engine.meet("/demo", demoWith("other").demo);
  const told = await second.engine.seek(id, { session: session.id, page: "/demo" }, 0);
  assert.ok("frames" in told);
  const [failed, done] = told.frames.slice(-2);
  assert.equal(failed?.type === "failed" && failed.code, "interrupted");
  assert.deepEqual([done?.type, told.outcome], ["done", "failed"]);
  assert.deepEqual(await second.journal.unfinished(), []);
  first.engine.close();
  second.engine.close();
});

Deno.test({
  name:
    "J05: a server that is killed under load again and again finds all that it acknowledged, each with one end",
  fn: async () => {
    await using copied = await copyProject("tests/torture/routes");
    const folder = await Deno.makeTempDir({ prefix: "atoll-" });
    const random = seeded(5);
    const env = {
      ATOLL_DATA: folder,
      STORE: `sqlite:${folder}/runs.db`,
      ATOLL_SECRET: "c3Bob2VuaXggcmlzaW5nIGZyb20gdGhlIGFzaGVz",
    };
    const acknowledged: { readonly id: string; readonly session: string }[] = [];
    try {
      for (let round = 0; round < KILLS; round++) {
        await using server = await startServer(env, copied.root);
        using torture = new Torture(server);
        await Promise.all(
          acknowledged.slice(-40).map(async ({ id, session }) => {
            const { status, frames } = await torture.resume(id, 0, session);
            assert.equal(status, 200, `${id} was acknowledged and is lost`);
            assert.equal(frames.filter(({ type }) => type === "done").length, 1, `${id} has not one end`);
            assert.equal(frames.at(-1)?.type, "done");
          }),
        );
        const over = new AbortController();
        const enough = Promise.withResolvers<void>();
        let left = 1 + Math.floor(random() * 100);
        const clients = Array.from({ length: CLIENTS }, async (_, user) => {
          const session = await torture.session();
          while (!over.signal.aborted) {
            const id = newId();
            const action = random() < 0.5 ? "stream" : "echo";
            const input = action === "echo" ? { text: `${user}` } : { text: "x", amount: 20, pause: 5 };
            const answer = await torture.start(action, input, { session, id });
            if (answer.ok) acknowledged.push({ id, session });
            if (--left === 0) enough.resolve();
            await answer.text();
          }
        });
        const ended = Promise.allSettled(clients);
        await Promise.race([enough.promise, ended]);
        const killed = server.end("SIGKILL");
        over.abort();
        await Promise.all([killed, ended]);
      }
      assert.ok(acknowledged.length > KILLS * CLIENTS, `only ${acknowledged.length} were acknowledged`);
      await using server = await startServer(env, copied.root);
      using torture = new Torture(server);
      for (const { id, session } of acknowledged) {
        const { status, frames } = await torture.resume(id, 0, session);
        assert.equal(status, 200, `${id} was acknowledged and is lost`);
        assert.equal(frames.at(-1)?.type, "done");
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
