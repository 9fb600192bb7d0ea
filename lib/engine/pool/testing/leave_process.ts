// deno-lint-ignore-file no-console -- run by a test, which reads what it prints
/** Ends while a process of its pool is in an endless loop, and tells which. A program. */
import { ProcessPool } from "@/lib/engine/pool/process_pool.ts";
import { call, realClock } from "./setting.ts";

const pool = new ProcessPool({ clock: realClock, report: () => {}, size: 1 });
const run = call(pool, "loopAsPid");
run.next().catch(() => {});
await run.runs;
console.log(JSON.stringify(run.told[0]));
Deno.exit(0);
