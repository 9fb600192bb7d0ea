import assert from "node:assert/strict";
import { join } from "node:path";
import { startServer } from "@/tests/server.ts";
import { EIO, ENOSPC, failingDisk } from "./failing_disk.ts";

Deno.test("A server that cannot write refuses events in JSON, is not ready, says so in one line, and comes back by itself", async () => {
  await using disk = await failingDisk();
  if (!disk) return;
  await using server = await start({
    ...disk.env,
    ATOLL_DATA: join(disk.folder, "files"),
    STORE: `sqlite:${join(disk.folder, "atoll.db")}`,
  });
  const session = await server.session();
  for (
    const [call, errno, code, status] of [
      ["write", EIO, "offline", 503],
      ["sync", EIO, "offline", 503],
      ["write", ENOSPC, "no_space", 507],
    ] as const
  ) {
    assert.deepEqual(await server.event(session), [200, "done"]);
    assert.equal(await server.ready(), 200);
    const before = server.said(/The store cannot be written/g);
    disk.fail(call, "-wal", errno);
    for (let at = 0; at < 20; at++) assert.deepEqual(await server.event(session), [status, code]);
    assert.equal(await server.ready(), 503);
    disk.heal();
    assert.deepEqual(await server.event(session), [200, "done"]);
    assert.equal(await server.ready(), 200);
    assert.equal(server.said(/The store cannot be written/g), before + 1);
  }
  // What failed is not a stack for each event: a line for each change, and those of health.
  assert.equal(server.said(/The store can be written again/g), 3);
  assert.equal(server.said(/^\s+at /gm), 0);
});

Deno.test("A server starts on a full disk with a run open, tells that run's end, and keeps it once there is room", async () => {
  await using disk = await failingDisk();
  if (!disk) return;
  const env = {
    ...disk.env,
    ATOLL_DATA: join(disk.folder, "files"),
    STORE: `sqlite:${join(disk.folder, "atoll.db")}`,
  };
  const id = "A".repeat(22);
  let session: string;
  {
    await using server = await start(env);
    session = await server.session("long_job");
    await server.begin(session, id);
    await server.crash();
  }
  disk.fail("write", "-wal", ENOSPC);
  {
    await using server = await start(env);
    assert.equal(await server.ready(), 503);
    assert.match(await server.resume(session, id), /interrupted/);
    disk.heal();
    assert.deepEqual(await server.event(await server.session()), [200, "done"]);
    assert.equal(await server.ready(), 200);
  }
  await using server = await start(env);
  assert.match(await server.resume(session, id), /interrupted/);
});

/** A server on a failing disk. */
async function start(env: Readonly<Record<string, string>>) {
  // The launcher hands on what a demo is allowed to read.
  const server = await startServer({ ...env, ATOLL_ALLOW_ENV: Object.keys(env).join() });
  const post = (name: string, body: unknown) =>
    fetch(`${server.base}/demos/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    said: (pattern: RegExp) => server.output().match(pattern)?.length ?? 0,
    async session(name = "greeter"): Promise<string> {
      const html = await (await fetch(`${server.base}/demos/${name}`)).text();
      return /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? assert.fail("The page names no session");
    },
    /** The status, and the code of the refusal or the outcome. */
    async event(session: string): Promise<[number, string | undefined]> {
      const answer = await post("greeter", { action: "predict", input: { name: "Ada", volume: 1 }, session });
      const told = await answer.text();
      if (answer.status !== 200) return [answer.status, JSON.parse(told).error.code];
      return [200, /"outcome":"(\w+)"/.exec(told)?.[1]];
    },
    /** Begins a run of some seconds, which has been accepted when this resolves. */
    async begin(session: string, id: string): Promise<void> {
      const answer = await post("long_job", { action: "job", input: { seconds: 10 }, session, id });
      assert.equal(answer.status, 200);
      await answer.body?.cancel();
    },
    resume: async (session: string, id: string) =>
      await (await post("long_job", { resume: id, after: 0, session })).text(),
    crash: () => server.end("SIGKILL"),
    async ready(): Promise<number> {
      const answer = await fetch(`${server.base}/healthz/ready`);
      await answer.body?.cancel();
      return answer.status;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
