import process from "node:process";

/** What a test cannot see from outside: how many timers this server has, and how long its loop was held up. */
export interface Census {
  readonly timers: number;
  /** The longest that the loop was held up by work of its own thread since the last census, in milliseconds. */
  readonly lagMs: number;
  /** What is left in the heap after a collection. */
  readonly heapBytes: number;
}

const EVERY_MS = 20;
const live = new Set<unknown>();
const { setTimeout, setInterval, clearTimeout } = globalThis;
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let [lastMs, lastCpuMs, lagMs] = [performance.now(), cpuMs(), 0];

globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
  const id = setTimeout(() => {
    live.delete(id);
    callback(...args);
  }, ms);
  live.add(id);
  return id;
}) as typeof setTimeout;
globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => {
  const id = setInterval(...args);
  live.add(id);
  return id;
}) as typeof setInterval;
globalThis.clearTimeout = globalThis.clearInterval = (id) => {
  live.delete(id);
  clearTimeout(id);
};
Deno.unrefTimer(setInterval(look, EVERY_MS));

// What the machine gave to others is not this server's fault: only time counts in which its own thread was at work.
function look(): void {
  const [nowMs, nowCpuMs] = [performance.now(), cpuMs()];
  lagMs = Math.max(lagMs, Math.min(nowMs - lastMs - EVERY_MS, nowCpuMs - lastCpuMs));
  [lastMs, lastCpuMs] = [nowMs, nowCpuMs];
}

/** Counts. */
export function census(): Census {
  look();
  (globalThis as { gc?: () => void }).gc?.();
  const counted = { timers: live.size, lagMs, heapBytes: Deno.memoryUsage().heapUsed };
  [lastMs, lastCpuMs, lagMs] = [performance.now(), cpuMs(), 0];
  return counted;
}
