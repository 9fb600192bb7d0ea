// deno-lint-ignore-file no-console -- what breaks in a pool is to be read
import { Pools } from "@/lib/engine/pool/mod.ts";
import { time } from "@/lib/engine/pool/pool_bench.ts";
import * as handlers from "@/lib/engine/pool/testing/handlers.ts";
import { call, realClock, result } from "@/lib/engine/pool/testing/setting.ts";
import type { Effort, Put } from "./part.ts";

const CALLS = 1000;

/** What a call of a handler costs beside its own work where that runs elsewhere. The floor runs it here. */
export async function pooling(put: Put, { loads }: Effort): Promise<void> {
  await using pools = new Pools({ clock: realClock, report: console.error });
  for (let i = 0; i < loads; i++) {
    const here = await time(CALLS, () => Promise.resolve(handlers.echo("x")));
    for (const runs of ["worker", "process"] as const) {
      const { p50 } = await time(CALLS, () => result(call(pools, "echo", "x", { runs })));
      put(runs, p50, here.p50);
    }
  }
}
