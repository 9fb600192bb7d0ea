import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Patch } from "./patch.ts";

/** Waiting for a place: `position` 1 is next, of `of` that wait; `etaMs` when the engine can tell. */
export interface QueuedFrame {
  readonly type: "queued";
  readonly position: number;
  readonly of: number;
  readonly etaMs?: number | undefined;
}

/** The handler of `action` was called. */
export interface StartedFrame {
  readonly type: "started";
  readonly action: string;
}

/** How far the handler is. Without `total`, `done` is a share from 0 to 1. */
export interface ProgressFrame {
  readonly type: "progress";
  readonly action: string;
  readonly done: number;
  readonly total?: number | undefined;
  readonly note?: string | undefined;
}

/** New values and props of fields. Fields that are not named stay as they are. */
export interface OutputFrame {
  readonly type: "output";
  readonly action: string;
  /** Field key to whole value, to text to append, or to changes, by `mode`. */
  readonly values: Readonly<Record<string, Json | Patch>>;
  readonly mode: "set" | "append" | "patch";
  /** Field key to changed props. */
  readonly props?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** Something to tell the person beside the outputs. */
export interface LogFrame {
  readonly type: "log";
  readonly level: "info" | "success" | "warning" | "error";
  readonly text: string;
  readonly title?: string | undefined;
  /** How long to show it. */
  readonly seconds?: number | undefined;
}

/** The handler of `action` refused or broke. */
export interface FailedFrame extends FaultJson {
  readonly type: "failed";
  readonly action: string;
}

/** The last frame of every run. */
export interface DoneFrame {
  readonly type: "done";
  readonly outcome: "done" | "failed" | "cancelled";
  /** From acceptance to here, in milliseconds. */
  readonly ms: number;
}

/** What a run says, without its place in the run. */
export type FrameBody =
  | QueuedFrame
  | StartedFrame
  | ProgressFrame
  | OutputFrame
  | LogFrame
  | FailedFrame
  | DoneFrame;

/** One word of the native protocol. `seq` counts from 1 without gaps in its run. */
export type Frame = FrameBody & { readonly run: string; readonly seq: number };
