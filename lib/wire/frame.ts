import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Patch } from "./patch.ts";

/** The run waits for a place in the queue. */
export interface QueuedFrame {
  /** Always `queued`. */
  readonly type: "queued";
  /** Place in the queue; 1 is next. */
  readonly position: number;
  /** How many wait. */
  readonly of: number;
  /** When its turn may come, in milliseconds from now. */
  readonly etaMs?: number | undefined;
}

/** The handler of `action` was called, or its cached answer is sent again. */
export interface StartedFrame {
  /** Always `started`. */
  readonly type: "started";
  /** Key of the action. */
  readonly action: string;
  /** Whether the answer comes from the cache. */
  readonly cached?: true | undefined;
}

/** The progress of the handler. Without `total`, `done` is a share from 0 to 1. */
export interface ProgressFrame {
  /** Always `progress`. */
  readonly type: "progress";
  /** Key of the action. */
  readonly action: string;
  /** The number of finished items, or the share. */
  readonly done: number;
  /** The number of all items. */
  readonly total?: number | undefined;
  /** The current step, in words. */
  readonly note?: string | undefined;
}

/** New values and props of fields. Fields that are not named stay as they are. */
export interface OutputFrame {
  /** Always `output`. */
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

/** A message for the person beside the outputs. */
export interface LogFrame {
  /** Always `log`. */
  readonly type: "log";
  /** The severity. */
  readonly level: "info" | "success" | "warning" | "error";
  /** The message. */
  readonly text: string;
  /** A title over it. */
  readonly title?: string | undefined;
  /** How long to show it, in seconds. */
  readonly seconds?: number | undefined;
}

/** The handler of `action` failed: it refused, or it threw an error. */
export interface FailedFrame extends FaultJson {
  /** Always `failed`. */
  readonly type: "failed";
  /** Key of the action. */
  readonly action: string;
  /** Whether a crash removed frames before it: its number does not follow the previous one. */
  readonly whole?: true | undefined;
}

/** The last frame of every run. */
export interface DoneFrame {
  /** Always `done`. */
  readonly type: "done";
  /** How the run ended. */
  readonly outcome: "done" | "failed" | "cancelled";
  /** From acceptance to here, in milliseconds. */
  readonly ms: number;
  /**
   * `false` when the store could not keep the end. A crash of the server may then lose the end and the changes of
   * session state. The server retries until both are stored. Without it, the end is as durable as the store.
   */
  readonly kept?: false | undefined;
}

/** A frame of a run, without its position. */
export type FrameBody =
  | QueuedFrame
  | StartedFrame
  | ProgressFrame
  | OutputFrame
  | LogFrame
  | FailedFrame
  | DoneFrame;

/**
 * A frame of the native protocol. `seq` counts from 1 in its run. It has a gap only before a frame that is `whole`.
 */
export type Frame = FrameBody & { readonly run: string; readonly seq: number };
