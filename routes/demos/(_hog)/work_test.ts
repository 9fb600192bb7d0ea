import assert from "node:assert/strict";
import type { RunContext } from "atoll";
import { countPrimes } from "./work.ts";

Deno.test("countPrimes() counts over the borders of its segments, and tells how far it is", () => {
  const told: number[] = [];
  const context = {
    signal: new AbortController().signal,
    progress: (done: number) => told.push(done),
  } as unknown as RunContext;
  assert.match(countPrimes(100, context), /^25 primes, the last is 97 /);
  assert.match(countPrimes(1_000_000, context), /^78,498 primes, the last is 999,983 /);
  assert.equal(told.at(-1), 1_000_000);
});

Deno.test("countPrimes() ends when it is told to", () => {
  const context = { signal: AbortSignal.abort(), progress: () => {} } as unknown as RunContext;
  assert.match(countPrimes(1000, context), /^0 primes/);
});
