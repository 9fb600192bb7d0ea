import { z } from "zod";
import { type Component, component } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import { StateView } from "./view.tsx";

const declare = component({
  kind: "state",
  props: z.object({ value: z.unknown() }),
  wire: () => z.unknown() as z.ZodType<Json>,
  empty: () => null,
  events: ["change"],
  holds: "session",
  input: false,
  view: StateView,
});

/** Declares a state. */
export interface DeclareState {
  /** From its first value, which each session gets a copy of. */
  <T>(initial: T): Field<T, T, "change">;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * A value that stays on the server, one for each session: it is never drawn and never sent. Any value that
 * `structuredClone()` takes. Raises `change`.
 *
 * @example
 * ```ts
 * import { state } from "atoll";
 *
 * const seen = state(0);
 * const names = state<string[]>([]);
 * ```
 */
export const state: DeclareState = Object.assign(
  <T>(initial: T): Field<T, T, "change"> => declare({ value: initial }) as unknown as Field<T, T, "change">,
  { component: declare.component },
);
