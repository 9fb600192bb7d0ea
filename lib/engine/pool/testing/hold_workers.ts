// deno-lint-ignore-file no-console -- run by a test, which reads what it prints
/** Holds workers by loops that nothing stops, and tells what becomes of the pool. A program: its threads burn on. */
import { Fault } from "@/lib/value/fault.ts";
import { WorkerPool } from "@/lib/engine/pool/worker_pool.ts";
import { call, realClock, result } from "./setting.ts";

const pool = new WorkerPool({ clock: realClock, report: () => {}, size: 1, graceMs: 50 });
const options = { runs: "worker", timeoutMs: 60_000 } as const;
const told: unknown[] = [];
for (let i = 0; i < 2; i++) {
  const run = call(pool, "loopAfterWait", null, options);
  const step = run.next().catch((error: Fault) => error.code);
  await run.runs;
  run.cancel();
  told.push(await step);
  await run.return(undefined);
  told.push(pool.load.abandoned);
  told.push(await result(call(pool, "echo", "alive", options)).catch((error: Fault) => error.code));
}
console.log(JSON.stringify(told));
Deno.exit(0);
