import { type Answer, Connection } from "./connection.ts";
import { cpuSeconds, type Server } from "./server.ts";

/** What a server did under load. */
export interface Load {
  readonly perSecond: number;
  /** CPU time of the server for one request, in microseconds. */
  readonly cpuMicros: number;
  /** How long each request took to its whole answer, in milliseconds, in no order. */
  readonly times: readonly number[];
  /** Cores that this client took: near 1 it was the limit, not the server. */
  readonly clientCores: number;
}

/** What to send and how. */
export interface LoadOptions {
  /** The request, made by `message()`, or what gives the next one. */
  readonly message: Uint8Array | (() => Uint8Array);
  /** Connections that send one request after the other. */
  readonly connections: number;
  readonly seconds: number;
  /** Throws when an answer is not the right one. */
  readonly check: (answer: Answer) => void;
}

/** Sends requests over and over, each connection one after the other, and counts after a short warm-up. */
export async function load({ base, pid }: Server, options: LoadOptions): Promise<Load> {
  const { message, connections, seconds, check } = options;
  const next = typeof message === "function" ? message : () => message;
  const times: number[] = [];
  let over = false;
  const one = async () => {
    using connection = await Connection.open(base);
    while (!over) {
      const sent = performance.now();
      const answer = await connection.send(next());
      times.push(performance.now() - sent);
      check(answer);
    }
  };
  const all = Promise.all(Array.from({ length: connections }, one));
  await Promise.race([all, sleep(Math.min(seconds, 1) * 500)]);
  const before = {
    answered: times.length,
    cpu: cpuSeconds(pid),
    own: cpuSeconds(Deno.pid),
    at: performance.now(),
  };
  await Promise.race([all, sleep(seconds * 1000)]);
  const elapsed = (performance.now() - before.at) / 1000;
  const cpu = cpuSeconds(pid) - before.cpu;
  const own = cpuSeconds(Deno.pid) - before.own;
  const counted = times.slice(before.answered);
  over = true;
  await all;
  return {
    perSecond: counted.length / elapsed,
    cpuMicros: cpu / counted.length * 1e6,
    times: counted,
    clientCores: own / elapsed,
  };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  if (low === undefined || high === undefined) throw new RangeError("Cannot take the median of nothing");
  return (low + high) / 2;
}

/** The number that all but a hundredth of some numbers keep below. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length * 0.99)];
  if (value === undefined) throw new RangeError("Cannot take a share of nothing");
  return value;
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
