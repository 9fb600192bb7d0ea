// deno-lint-ignore-file no-console -- a measurement is to be read
/**
 * The overhead of a call in a warm pool: `deno run -A lib/engine/pool/pool_bench.ts`. The floor is the same handler
 * called in this thread.
 */
import * as handlers from "./testing/handlers.ts";
import { all, call, realClock, result } from "./testing/setting.ts";
import { Pools } from "./mod.ts";

const CALLS = 2000;

/** Times of a call that is made again and again, in milliseconds. */
export interface Timing {
  readonly p50: number;
  readonly p99: number;
}

/** Measures calls one after the other. */
export async function time(calls: number, once: () => Promise<unknown>): Promise<Timing> {
  for (let i = 0; i < calls / 10; i++) await once();
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    await once();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)] as number;
  return { p50: at(0.5), p99: at(0.99) };
}

if (import.meta.main) {
  await using pools = new Pools({ clock: realClock, report: console.error });
  const bytes = new Uint8Array(2 ** 20);
  const print = (what: string, { p50, p99 }: Timing, per = 1) =>
    console.log(`${what.padEnd(36)} p50 ${(p50 / per).toFixed(3)} ms   p99 ${(p99 / per).toFixed(3)} ms`);
  print("in this thread, a value", await time(CALLS, () => Promise.resolve(handlers.echo("x"))));
  for (const runs of ["worker", "process"] as const) {
    const options = { runs } as const;
    const cold = performance.now();
    await result(call(pools, "echo", "x", options));
    console.log(`${`${runs}, first call`.padEnd(36)}     ${(performance.now() - cold).toFixed(1)} ms`);
    print(`${runs}, a value`, await time(CALLS, () => result(call(pools, "echo", "x", options))));
    print(
      `${runs}, each of 100 yields`,
      await time(100, () => all(call(pools, "countTo", 100, options))),
      100,
    );
    print(
      `${runs}, 1 MiB there and back`,
      await time(100, () => result(call(pools, "echo", bytes, options))),
    );
  }
}
