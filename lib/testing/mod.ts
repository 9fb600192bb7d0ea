/**
 * Tools for tests of demos.
 *
 * @module
 */
export {
  type DemoEngine,
  type DemoRun,
  type DemoValues,
  type OpenDemo,
  openDemo,
  type OpenDemoOptions,
  type SubmitOptions,
} from "./demo.ts";
export { type FakeClock, fakeClock } from "./clock.ts";
export type * from "@/lib/wire/frame.ts";
export type { Change, Patch } from "@/lib/wire/patch.ts";
