/** The memory limits of the parts of a server, in counted bytes: the heap takes about twice as many. */
export interface MemoryBudget {
  /** Values that sessions hold on the server. */
  readonly stateBytes: number;
  /** Logs of runs that go on. */
  readonly logBytes: number;
  /** Finished runs that can be read. */
  readonly keptBytes: number;
  /** Request bodies that are on their way, but for those of a few kilobytes. */
  readonly bodyBytes: number;
}

const MIB = 2 ** 20;

/** The memory of a server that nobody has told: that of the unit and the container in docs/deploy.md. */
export const USUAL_MEMORY_BYTES = 2048 * MIB;
/** A process of V8 has no use for more. */
const MOST_MEMORY_BYTES = 4096 * MIB;

/**
 * Deno, the code of the server and what it holds when nobody is there. Measured: 90 MiB, and 170 MiB once it was busy.
 */
export const BASE_BYTES = 192 * MIB;
/**
 * How much memory V8 takes for a byte that is counted: until a collection the old value is there besides the new one.
 */
export const HEAP_FACTOR = 2;
/**
 * Data in transit: copies of the largest state for the sixteen runs of a group, from its value through the store to
 * the writer.
 */
export const PASSING_BYTES = 512 * MIB;

/** Bodies of at most 64 KiB, and write buffers for slow readers: for each of 1,024 connections. */
export const CONNECTION_BYTES = 128 * MIB;

/** The shares of some memory. */
export function memoryBudget(memoryBytes: number): MemoryBudget {
  const whole = Math.min(memoryBytes, MOST_MEMORY_BYTES);
  const part = (of: number) => Math.floor(whole / of);
  return { stateBytes: part(16), logBytes: part(16), keptBytes: part(32), bodyBytes: part(32) };
}

/** How large the heap of V8 may grow, in MiB: a collection comes before the end of the memory. */
export function heapMib(memoryBytes: number): number {
  return Math.floor(Math.min(memoryBytes, MOST_MEMORY_BYTES) / MIB * 3 / 4);
}
