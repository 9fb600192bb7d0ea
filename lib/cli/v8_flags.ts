import { heapMib, USUAL_MEMORY_BYTES } from "@/lib/server/memory_budget.ts";

/**
 * The flag of `deno run` that sets up V8 for a server with so much memory.
 *
 * Without pretenuring: in a busy start nearly all objects outlive the first short collections. V8 then makes more of their
 * kind as old objects from the beginning, for ever. Each keeps what it refers to until the next full collection. With
 * 100 events at a time this costs a sixth of the processor time of an event that is kept on disk.
 */
export function v8Flags(memoryBytes = USUAL_MEMORY_BYTES): string {
  return `--v8-flags=--max-old-space-size=${heapMib(memoryBytes)},--no-allocation-site-pretenuring`;
}
