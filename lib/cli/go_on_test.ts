import assert from "node:assert/strict";
import { App } from "fresh";
import { auth, Blocks, button, on, type Person, textbox, usersFrom } from "atoll";
import { Accounts } from "@/lib/accounts/accounts.ts";
import { Engine } from "@/lib/engine/engine.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { Run } from "@/lib/engine/run.ts";
import { requires } from "@/lib/gate/auth.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import { quiet } from "@/tests/quiet.ts";
import { goOn } from "./go_on.ts";

const ADA: Person & { readonly id: string } = { id: "main:ada", name: "ada", roles: ["editor"] };

/** A server with a page for everybody, and pages below guards, whose handlers go on until they are let go. */
function start(store: Store, routes: readonly string[] = ["/open", "/club", "/club/desk"]) {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const begun: string[] = [];
  const hold = Promise.withResolvers<void>();
  const demoOf = (page: string) =>
    Blocks({
      fields: { go: button("Go"), name: textbox(), out: textbox() },
      actions: ({ go, name, out }) => {
        const fn = async (name: string) => {
          begun.push(`${page} ${name}`);
          await hold.promise;
          return name;
        };
        const spec = { inputs: name, outputs: out, fn };
        return {
          again: on(go.click, { ...spec, retry: true }),
          lined: on(go.click, { ...spec, retry: true, concurrencyGroup: "all", concurrencyLimit: 1 }),
          once: on(go.click, { ...spec, concurrencyLimit: 1 }),
          theirs: on(go.click, { ...spec, retry: true, allow: "editor" }),
        };
      },
    });
  const broke = () => "broke";
  const now = () => 1_000_000 + clock.now();
  const journal = new Journal({ store, now, after: clock.after, broke });
  const blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({ blobs, clock, random, secret: new Uint8Array(32).fill(7), journal, broke });
  const accounts = new Accounts({
    store: () => Promise.resolve(store),
    now: clock.now,
    monotonic: clock.now,
    after: clock.after,
    random,
    dev: false,
    runs: () => engine.runsOfUsers(),
  });
  const app = guarded(new App<AtollState>(), { names: [], dev: false })
    .use(hostPages({ engine, blobs, accounts, clock, maxUploadBytes: 2 ** 20, dev: false }))
    .use("/club", auth({ users: usersFrom(() => undefined) }))
    .use("/club/desk", requires("editor"))
    .use("/odd", () => new Response("not now", { status: 403 }));
  const demos = new Map(routes.map((page) => [page, demoOf(page)]));
  for (const [page, demo] of demos) app.route(page, { component: demo as never });
  let calls = 0;
  const accept = async (page: string, action: string, name: string, session = name, user?: Person) =>
    await engine.accept({
      id: `${page}${action}${++calls}`.replaceAll("/", "-").padEnd(22, "0"),
      demo: demos.get(page)!.demo,
      action,
      input: { name },
      session: engine.sessions.byId(session),
      page,
      request: {
        headers: new Headers(),
        url: "",
        query: new URLSearchParams(),
        cookies: {},
        client: "",
        ...user ? { user: user as never } : {},
      },
    }) as Run;
  const handler = app.handler() as unknown as Deno.ServeHandler;
  const recover = async () => await goOn(await engine.recover(), { engine, clock }, handler);
  const stop = async () => {
    const drained = engine.drain(1000);
    await turn();
    clock.tick(1000);
    await drained;
  };
  return { stop, engine, journal, clock, begun, hold, accept, recover, demos, handler };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Runs that may run again go on at the start, below guards and for roles too, and nobody has asked for a page", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.accept("/open", "again", "one");
  await before.accept("/club", "theirs", "two", "two", ADA);
  await before.accept("/club/desk", "again", "three", "three", ADA);
  const after = start(store);
  await after.recover();
  await turn();
  assert.deepEqual(after.begun, ["/open one", "/club two", "/club/desk three"]);
  before.hold.resolve();
  after.hold.resolve();
});

Deno.test("A request from outside is no visit, whatever it says of itself", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const { handler } = start(store);
  const info = { remoteAddr: { transport: "tcp" as const, hostname: "127.0.0.1", port: 1 } };
  for (const host of ["localhost", "127.0.0.1:8000"]) {
    const request = new Request(`http://${host}/club`, { method: "HEAD", headers: { host } });
    const { status } = await handler(request, { ...info, completed: Promise.resolve() });
    assert.equal(status, 401);
  }
});

Deno.test("Runs go on in the order of their acceptance, over all pages, the one that was running first", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  const names = Array.from({ length: 30 }, (_, at) => `n${(at * 17) % 30}`);
  for (const [at, name] of names.entries()) {
    await before.accept(at % 3 === 0 ? "/club" : "/open", "lined", name, name, ADA);
  }
  await before.journal.flush();
  const after = start(store);
  await after.recover();
  after.hold.resolve();
  for (let turns = 0; turns < 100; turns++) await turn();
  assert.deepEqual(after.begun.map((told) => told.split(" ")[1]), names);
  before.hold.resolve();
});

Deno.test("A run that only waited is begun once by the next process, and never given up for waiting", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const first = start(store);
  const worlds = [first];
  await first.accept("/open", "once", "holder");
  await first.accept("/open", "once", "waiting");
  await first.stop();
  // It waits in five processes more, behind others that hold its place.
  for (let life = 0; life < 5; life++) {
    const world = start(store);
    worlds.push(world);
    const pages = await world.engine.recover();
    assert.deepEqual(pages, ["/open"]);
    await world.accept("/open", "once", `holder ${life}`);
    await goOn(pages, world, world.handler);
    await turn();
    assert.deepEqual(world.begun, [`/open holder ${life}`]);
    await world.stop();
  }
  const begins = start(store);
  await begins.recover();
  await turn();
  assert.deepEqual(begins.begun, ["/open waiting"]);
  const last = start(store);
  await last.recover();
  await turn();
  assert.deepEqual(last.begun, []);
  const told = await last.engine.seek("-openonce2".padEnd(22, "0"), { session: "waiting", page: "/open" }, 0);
  assert.ok("frames" in told && told.frames.at(-2)?.type === "failed");
  for (const world of [...worlds, begins, last]) world.hold.resolve();
});

Deno.test("Runs of a page that is gone end, with one line of log; those of a page that refuses wait, with another", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store, ["/gone", "/odd"]);
  const runs = [];
  for (let at = 0; at < 3; at++) runs.push(await before.accept("/gone", "again", `${at}`, "me"));
  await before.accept("/odd", "again", "odd", "me");
  const after = start(store, ["/open", "/odd"]);
  {
    using said = quiet();
    await after.recover();
    for (const page of ["/gone", "/odd"]) {
      assert.equal(said.lines.filter((line) => line.includes(page)).length, 1, said.lines.join());
    }
  }
  const told = await after.engine.seek(runs[0]!.call.id, { session: "me", page: "/gone" }, 0);
  assert.ok(!(told instanceof Run));
  assert.deepEqual(told.frames.map(({ type }) => type), ["failed", "done"]);
  await assert.rejects(
    after.engine.seek("-oddagain4".padEnd(22, "0"), { session: "me", page: "/odd" }, 0),
    (error) => error instanceof Fault && error.code === "offline",
  );
  before.hold.resolve();
});

Deno.test("A server starts while its disk is full, and goes on with all runs once there is room", async () => {
  await using store = memoryStore({ now: () => 1_000_000 });
  const before = start(store);
  await before.accept("/open", "once", "once", "me");
  await before.accept("/open", "again", "again", "me");
  const disk = { full: true };
  const full: Store = Object.assign(Object.create(store), {
    commit: async (...args: Parameters<Store["commit"]>) => {
      if (disk.full) throw new Fault("no_space", "Full");
      return await store.commit(...args);
    },
    get: store.get.bind(store),
    list: store.list.bind(store),
  });
  const after = start(full);
  await after.recover();
  assert.deepEqual(after.begun, []);
  const at = { session: "me", page: "/open" };
  const once = await after.engine.seek("-openonce1".padEnd(22, "0"), at, 0);
  assert.ok("frames" in once && once.frames.at(-1)?.type === "done");
  await assert.rejects(after.engine.seek("-openagain2".padEnd(22, "0"), at, 0), { code: "offline" });
  disk.full = false;
  after.clock.tick(2000);
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.deepEqual(after.begun, ["/open again"]);
  before.hold.resolve();
  after.hold.resolve();
});
