import assert from "node:assert/strict";
import { Fault } from "@/lib/value/fault.ts";
import { call, realClock, result } from "./testing/setting.ts";
import { WorkerPool } from "./worker_pool.ts";

const options = { runs: "worker", timeoutMs: 400 } as const;
const cancelled = (error: unknown) => error instanceof Fault && error.code === "cancelled";
const open = (graceMs: number, size = 1) =>
  new WorkerPool({ clock: realClock, report: () => {}, graceMs, size });

Deno.test("A worker that blocks sees signal.aborted, and is used again", async () => {
  await using pool = open(5000);
  const run = call(pool, "spinUntilAborted", null, options);
  const step = run.next();
  await run.runs;
  run.cancel();
  await assert.rejects(step, cancelled);
  assert.equal(await result(call(pool, "echo", 1, options)), 1);
  assert.deepEqual(pool.load, { seats: 1, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
});

Deno.test("A worker that blocks when it is cancelled is given up and replaced, and ended when its time is over", async () => {
  await using pool = open(50);
  const run = call(pool, "loop", null, { runs: "worker", timeoutMs: 1000 });
  const step = run.next();
  await run.runs;
  run.cancel();
  await assert.rejects(step, cancelled);
  await run.return(undefined);
  assert.equal(pool.load.abandoned, 1);
  assert.equal(await result(call(pool, "echo", 1, options)), 1);
  while (pool.load.abandoned > 0) await result(call(pool, "echo", 1, options));
  assert.equal(pool.load.seats, 1);
});

Deno.test("Workers that nothing stops are replaced as often as the pool has workers, then calls are refused", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("testing/hold_workers.ts", import.meta.url).pathname],
    stderr: "inherit",
  }).output();
  assert.deepEqual(
    JSON.parse(new TextDecoder().decode(stdout)),
    ["cancelled", 1, "alive", "cancelled", 2, "offline"],
  );
});

Deno.test("terminate() alone does not stop code that blocks; when this fails, the pool can be made simpler", async () => {
  const source = `onmessage = ({ data }) => { postMessage("in"); for (;;) Atomics.add(data, 0, 1); }`;
  const program = `
    const turns = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker("data:text/javascript," + encodeURIComponent(${
    JSON.stringify(source)
  }), { type: "module" });
    worker.postMessage(turns);
    await new Promise((resolve) => worker.onmessage = resolve);
    worker.terminate();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const then = Atomics.load(turns, 0);
    for (let tries = 0; tries < 3000 && Atomics.load(turns, 0) === then; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(Atomics.load(turns, 0) !== then);
    Deno.exit(0);`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "true");
});
