import type { RunContext } from "atoll";

const SEGMENT = 1 << 17;

/** Counts the primes up to a number, 2 to 200 million: work that blocks until it is done, and tells how far it is. */
export function countPrimes(upTo: number, { signal, progress }: RunContext): string {
  const started = performance.now();
  const small = primesUpTo(Math.floor(Math.sqrt(upTo)));
  let count = 0, last = 0;
  for (let from = 2; from <= upTo && !signal.aborted; from += SEGMENT) {
    const to = Math.min(from + SEGMENT - 1, upTo);
    const crossed = new Uint8Array(to - from + 1);
    for (const prime of small) {
      const first = Math.max(prime * prime, Math.ceil(from / prime) * prime);
      for (let n = first; n <= to; n += prime) crossed[n - from] = 1;
    }
    for (let n = from; n <= to; n++) {
      if (crossed[n - from] !== 0) continue;
      count++;
      last = n;
    }
    progress(to, upTo, `${count.toLocaleString("en")} primes up to ${to.toLocaleString("en")}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `${count.toLocaleString("en")} primes, the last is ${last.toLocaleString("en")} (${seconds} s)`;
}

function primesUpTo(most: number): number[] {
  const crossed = new Uint8Array(most + 1);
  const primes: number[] = [];
  for (let n = 2; n <= most; n++) {
    if (crossed[n] !== 0) continue;
    primes.push(n);
    for (let m = n * n; m <= most; m += n) crossed[m] = 1;
  }
  return primes;
}

/** Never ends, and never looks up. */
export function loopForEver(): string {
  for (let turns = 0;; turns = (turns + 1) % 1000);
}

/** Takes memory until there is none. */
export function eatMemory(): string {
  const all: Uint8Array[] = [];
  for (;;) all.push(new Uint8Array(8 * 2 ** 20).fill(1));
}

/** Ends whatever it runs in. */
export function leave(): string {
  Deno.exit(3);
}
