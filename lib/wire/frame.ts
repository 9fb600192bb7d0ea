import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Patch } from "./patch.ts";

/** Waiting for a place: `position` 1 is next, of `of` that wait; `etaMs` when the engine can tell. */
export interface QueuedFrame {
  /** The word. */
  readonly type: "queued";
  /** Place in the queue; 1 is next. */
  readonly position: number;
  /** How many wait. */
  readonly of: number;
  /** When its turn may come, in milliseconds from now. */
  readonly etaMs?: number | undefined;
}

/** The handler of `action` was called, or what it gave before is given again. */
export interface StartedFrame {
  /** The word. */
  readonly type: "started";
  /** Key of the action. */
  readonly action: string;
  /** Whether the answer was known already. */
  readonly cached?: true | undefined;
}

/** How far the handler is. Without `total`, `done` is a share from 0 to 1. */
export interface ProgressFrame {
  /** The word. */
  readonly type: "progress";
  /** Key of the action. */
  readonly action: string;
  /** How much is done. */
  readonly done: number;
  /** Of how much. */
  readonly total?: number | undefined;
  /** What is being done. */
  readonly note?: string | undefined;
}

/** New values and props of fields. Fields that are not named stay as they are. */
export interface OutputFrame {
  /** The word. */
  readonly type: "output";
  /** Key of the action. */
  readonly action: string;
  /** Field key to whole value, to text to append, or to changes, by `mode`. */
  readonly values: Readonly<Record<string, Json | Patch>>;
  /** Whether `values` are whole, text to append, or changes. */
  readonly mode: "set" | "append" | "patch";
  /** Field key to changed props. */
  readonly props?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** Whether it stands for all frames before it: its reader may have seen none of them. */
  readonly whole?: true | undefined;
}

/** Something to tell the person beside the outputs. */
export interface LogFrame {
  /** The word. */
  readonly type: "log";
  /** How grave it is. */
  readonly level: "info" | "success" | "warning" | "error";
  /** What to tell. */
  readonly text: string;
  /** A title over it. */
  readonly title?: string | undefined;
  /** How long to show it. */
  readonly seconds?: number | undefined;
}

/** The handler of `action` refused or broke. */
export interface FailedFrame extends FaultJson {
  /** The word. */
  readonly type: "failed";
  /** Key of the action. */
  readonly action: string;
  /** Whether a crash took frames away before it: its number does not follow the one before. */
  readonly whole?: true | undefined;
}

/** The last frame of every run. */
export interface DoneFrame {
  /** The word. */
  readonly type: "done";
  /** How the run ended. */
  readonly outcome: "done" | "failed" | "cancelled";
  /** From acceptance to here, in milliseconds. */
  readonly ms: number;
  /**
   * `false` when the end was told though it could not be kept: a crash of the server may take it, and what the run left in
   * its session. Both are tried again until they are kept. Left out, all is as durable as the server keeps things.
   */
  readonly kept?: false | undefined;
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

/**
 * One word of the native protocol. `seq` counts from 1 in its run. It leaves a gap before a frame that is `whole`, and there
 * only.
 */
export type Frame = FrameBody & { readonly run: string; readonly seq: number };
