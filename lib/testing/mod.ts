/**
 * What a test of a demo needs.
 *
 * @module
 */
export { type OpenDemo, openDemo, type SubmitOptions } from "./open_demo.ts";
export { type FakeClock, fakeClock } from "./clock.ts";
export { memoryBlobs } from "@/lib/store/blobs_memory.ts";
export { type Clock, Engine, type EngineOptions } from "@/lib/engine/engine.ts";
export type { Run } from "@/lib/engine/run.ts";
export * from "@/lib/store/port.ts";
