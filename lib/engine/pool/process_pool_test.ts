import assert from "node:assert/strict";
import type { RemoteProcessOptions } from "@/lib/demo/remote.ts";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { call, realClock, result } from "./testing/setting.ts";
import { until } from "@/tests/until.ts";
import { ProcessPool } from "./process_pool.ts";

const is = (code: FaultCode, message: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && message.test(error.message);
const open = (
  options: {
    size?: number;
    graceMs?: number;
    print?: (bytes: Uint8Array) => void;
    clock?: typeof realClock;
  } = {},
) =>
  new ProcessPool({
    clock: realClock,
    report: () => {},
    print: () => {},
    size: 2,
    graceMs: 5000,
    ...options,
  });

for (const name of ["loop", "loopAfterWait", "never"] as const) {
  Deno.test(`A process that does not hear of its end is killed after the grace: ${name}`, async () => {
    await using pool = open({ graceMs: 50, size: 1 });
    const run = call(pool, name);
    const step = run.next();
    await run.runs;
    run.cancel();
    await assert.rejects(step, is("cancelled", /cancelled/));
    await run.return(undefined);
    assert.equal(await result(call(pool, "echo", 1)), 1);
    assert.deepEqual(pool.load, { seats: 1, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
  });
}

for (const name of ["eatHeap", "eatBytes"] as const) {
  Deno.test(`Too much memory in a process ends only its own call: ${name}`, async () => {
    await using pool = open();
    const options: RemoteProcessOptions = { runs: "process", memoryMb: 64 };
    const other = call(pool, "untilClosed", null, options);
    await other.next();
    await assert.rejects(
      result(call(pool, name, null, options)),
      is("internal", /^The handler used more memory than it may$/),
    );
    await other.return(undefined);
    assert.equal(await result(call(pool, "echo", 1, options)), 1);
    assert.equal(pool.load.deaths, 0);
  });
}

Deno.test("A process that is killed from outside, or writes junk, ends only its own call", async () => {
  await using pool = open();
  const all: RemoteProcessOptions = { runs: "process", permissions: { run: true } };
  await assert.rejects(result(call(pool, "killSelf", null, all)), is("internal", /killed by SIGKILL/));
  await assert.rejects(result(call(pool, "junk")), is("internal", /what nobody understands/));
  await assert.rejects(result(call(pool, "hugeHead")), is("internal", /what nobody understands/));
  assert.equal(await result(call(pool, "echo", 1)), 1);
  assert.equal(pool.load.deaths, 3);
});

Deno.test("A handler whose process ends five times within a minute rests, and others go on", async () => {
  const waited: number[] = [];
  const after: typeof realClock.after = (ms, callback) => {
    waited.push(ms);
    return realClock.after(ms, callback);
  };
  await using pool = open({ clock: { ...realClock, after } });
  for (let i = 0; i < 5; i++) {
    await assert.rejects(result(call(pool, "exit", 1)), is("internal", /exit code 1/));
  }
  for (const least of [50, 100, 200, 400]) {
    // A pause ends at a time of the clock, so what is left of it is a little less.
    assert.ok(waited.some((ms) => ms > least / 2 && ms <= least), `no pause of ${least} ms: ${waited}`);
  }
  await assert.rejects(result(call(pool, "echo", 1)), is("offline", /5 times within a minute. Try again in/));
  assert.equal(await result(call(pool, "echo", 1, { runs: "process", memoryMb: 128 })), 1);
});

Deno.test("A process may read the folder of its module and nothing else, and has no environment", async () => {
  await using pool = open();
  const here = new URL("testing/handlers.ts", import.meta.url).pathname;
  const outside = new URL("port.ts", import.meta.url).pathname;
  assert.match(await result(call(pool, "readFile", here)) as string, /readFile/);
  await assert.rejects(result(call(pool, "readFile", outside)), /^NotCapable: Requires read access/);
  await assert.rejects(result(call(pool, "fetches")), /^NotCapable: Requires net access/);
  const environment = await result(call(pool, "environment")) as object;
  assert.deepEqual(
    Object.keys(environment).filter((name) => !/^(NO_COLOR|DENO_\w+|PATH|PWD)$/.test(name)),
    [],
  );
  Deno.env.set("ATOLL_TEST_GIVEN", "yes");
  const options: RemoteProcessOptions = {
    runs: "process",
    permissions: { read: ["../port.ts"], env: ["ATOLL_TEST_GIVEN"] },
  };
  assert.match(await result(call(pool, "readFile", outside, options)) as string, /PoolOptions/);
  assert.equal(
    (await result(call(pool, "environment", null, options)) as Record<string, string>).ATOLL_TEST_GIVEN,
    "yes",
  );
  Deno.env.delete("ATOLL_TEST_GIVEN");
});

Deno.test("What a handler prints comes out, and not into the pipe", async () => {
  let printed = "";
  await using pool = open({ print: (bytes) => printed += new TextDecoder().decode(bytes) });
  await result(call(pool, "print"));
  await pool.close();
  assert.equal(printed, "printed\n");
});

Deno.test("A process of one kind makes room for another when the pool is full", async () => {
  await using pool = open({ size: 1 });
  for (const memoryMb of [64, 128, 64]) {
    assert.equal(await result(call(pool, "echo", memoryMb, { runs: "process", memoryMb })), memoryMb);
    assert.equal(pool.load.seats, 1);
  }
});

Deno.test("A server that ends takes its processes with it, even one that blocks", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("testing/leave_process.ts", import.meta.url).pathname],
    stderr: "inherit",
  }).output();
  const [pid] = JSON.parse(new TextDecoder().decode(stdout)) as number[];
  const blocks = async () => {
    const { success } = await new Deno.Command("/bin/sh", {
      args: ["-c", `kill -0 ${pid} && ! grep -q "^State:.*Z" /proc/${pid}/status`],
      stderr: "null",
    }).output();
    return success;
  };
  await until(async () => !await blocks());
});
