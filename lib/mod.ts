/**
 * Atoll builds, runs and shares interactive web demos of models and functions.
 *
 * @module
 */
export { Interface, type InterfaceActions, type InterfaceSpec } from "@/lib/recipes/interface.tsx";
export { Blocks, type BlocksSpec, type Demo, type FieldSlot, type Page } from "@/lib/demo/blocks.tsx";
export {
  type Action,
  type ActionSpec,
  load,
  on,
  reset,
  type RunContext,
  type RunLog,
  type RunRequest,
  update,
} from "@/lib/demo/action.ts";
export { component, type ComponentSpec } from "@/lib/demo/component.ts";
export { Fault, type FaultCode } from "@/lib/value/fault.ts";
export type { FileRef } from "@/lib/value/file_ref.ts";
export * from "@/components/mod.ts";
export * from "@/components/layout/mod.ts";
