import type { ToldError } from "./told.ts";

/** From the pool to where handlers run. `id` is the number of the call. */
export type ToHandler =
  | { readonly type: "open"; readonly flag: SharedArrayBuffer }
  | {
    readonly type: "run";
    readonly id: number;
    readonly module: string;
    readonly name: string;
    /** Packed, see `pack.ts`. */
    readonly input: unknown;
    /** Packed, without the parts that are created there: signal, progress, log. */
    readonly context: unknown;
    /** Levels of the log. */
    readonly levels: readonly string[];
    /** How long it may work before the code that blocks is cut off. */
    readonly limitMs: number;
  }
  | { readonly type: "next"; readonly id: number; readonly limitMs: number }
  | {
    readonly type: "close";
    readonly id: number;
    readonly reason: "cancelled" | "timeout";
    readonly graceMs: number;
  }
  | { readonly type: "answer"; readonly id: number; readonly call: number; readonly value: unknown }
  | { readonly type: "answer"; readonly id: number; readonly call: number; readonly error: ToldError };

/** From where handlers run to the pool. */
export type FromHandler =
  | { readonly type: "ready" }
  | { readonly type: "yield"; readonly id: number; readonly value: unknown }
  | { readonly type: "return"; readonly id: number; readonly value: unknown }
  | {
    readonly type: "throw";
    readonly id: number;
    readonly error: ToldError;
    /** Whether it was cut off, so that its module may be in any state. */
    readonly cut: boolean;
  }
  /** The call's end has been heard, so the loop there is alive. */
  | { readonly type: "closing"; readonly id: number }
  | {
    readonly type: "progress";
    readonly id: number;
    readonly done: number;
    readonly total?: number | undefined;
    readonly note?: string | undefined;
  }
  | {
    readonly type: "log";
    readonly id: number;
    readonly level: string;
    readonly text: string;
    readonly options: unknown;
  }
  /** Calls a function that was handed over. */
  | {
    readonly type: "call";
    readonly id: number;
    readonly call: number;
    readonly fn: number;
    readonly args: readonly unknown[];
  }
  /** An error that nothing waited for. */
  | { readonly type: "stray"; readonly error: ToldError }
  /** The handler ends its worker. */
  | { readonly type: "exit"; readonly code: number };

/** Whether a value from a handler's process is a message. The reader checks its content. */
export function isFromHandler(value: unknown): value is FromHandler {
  if (typeof value !== "object" || value === null) return false;
  const { type, id, error, text, level, call, fn, args } = value as Record<string, unknown>;
  const told = () => typeof error === "object" && error !== null;
  if (type === "ready") return true;
  if (type === "stray") return told();
  if (typeof id !== "number") return false;
  switch (type) {
    case "yield":
    case "return":
    case "closing":
    case "progress":
      return true;
    case "throw":
      return told();
    case "log":
      return typeof text === "string" && typeof level === "string";
    case "call":
      return typeof call === "number" && typeof fn === "number" && Array.isArray(args);
    default:
      return false;
  }
}
