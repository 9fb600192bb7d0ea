/**
 * What a test of a demo needs.
 *
 * @module
 */
export { type OpenDemo, openDemo, type SubmitOptions } from "./open_demo.ts";
export { type FakeClock, fakeClock } from "./clock.ts";
export { memoryBlobs } from "@/lib/store/blobs_memory.ts";
export { type Clock, Engine, type EngineOptions } from "@/lib/engine/engine.ts";
export type { Call } from "@/lib/engine/call.ts";
export type { Run, RunHost } from "@/lib/engine/run.ts";
export type { Entry, Place, Queue, QueueOptions, Standing } from "@/lib/engine/queue.ts";
export type { Session, Sessions, SessionsOptions } from "@/lib/engine/sessions.ts";
export type * from "@/lib/wire/frame.ts";
export type { Change, Patch } from "@/lib/wire/patch.ts";
export * from "@/lib/store/port.ts";
