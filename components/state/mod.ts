import { z } from "zod";
import { type Component, component } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import { StateView } from "./view.tsx";

const declare = component({
  kind: "state",
  props: z.object({
    value: z.unknown().optional(),
    timeToLive: z.number().positive().optional(),
    onDelete: z.custom<(value: unknown) => void>((value) => typeof value === "function").optional(),
  }),
  wire: () => z.unknown() as z.ZodType<Json>,
  // It is never sent, so it need not be JSON.
  empty: () => undefined as unknown as Json,
  events: { change: null },
  holds: "session",
  keeps: ({ timeToLive, onDelete }) => ({
    ms: timeToLive === undefined ? undefined : timeToLive * 1000,
    onDelete,
  }),
  input: false,
  view: StateView,
});

/** Options of {@linkcode state}. */
export interface StateOptions<T> {
  /** How long a value is kept after it was written, in seconds. Default: as long as the session. */
  readonly timeToLive?: number;
  /** Called with a discarded value: its time is over, its session is forgotten, or the server stops. */
  readonly onDelete?: (value: T) => void;
}

/** Declares a state. */
export interface DeclareState {
  /** Takes its first value, of which each session gets a copy. */
  <T>(initial: T, options?: StateOptions<T>): Field<T, T, "change">;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * A value that stays on the server, one for each session: it is never drawn and never sent. Any value that
 * `structuredClone()` takes; what one session holds is bounded by the server, 16 MiB. Raises `change` on the
 * server, in the run that wrote it, when the value has changed. Handlers work on a copy of plain data: a
 * change counts once it is given back. Objects of a class and values with `onDelete` are passed by reference.
 *
 * @example
 * ```ts
 * import { state } from "atoll";
 *
 * const seen = state(0);
 * const names = state<string[]>([]);
 * const basket = state<string[]>([], { timeToLive: 3600 });
 * ```
 */
export const state: DeclareState = Object.assign(
  <T>(initial: T, options: StateOptions<T> = {}): Field<T, T, "change"> =>
    declare({ ...options, value: initial } as Parameters<typeof declare>[0]) as unknown as Field<
      T,
      T,
      "change"
    >,
  { component: declare.component },
);
