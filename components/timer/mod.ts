import { z } from "zod";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import Timer from "@/islands/Timer.tsx";
import { TimerView } from "./view.tsx";

const declare = component({
  kind: "timer",
  props: z.object({
    /** Whether it ticks. */
    active: z.boolean().default(true),
    value: z.number().optional(),
  }),
  // A browser cannot wait for less in a meaningful way, and no page is open for more than a day between two ticks.
  wire: () => z.number().min(0.05).max(86_400),
  empty: () => 1,
  events: { tick: null },
  input: false,
  alive: ({ active }) => active,
  unseen: true,
  view: TimerView,
  island: Timer,
  form: ({ texts: [text] }) => text === undefined || text.trim() === "" ? undefined : Number(text),
});

/** The props of a {@linkcode timer} that `update()` may change, besides its value. */
export interface TimerProps {
  /** Whether it ticks. Default true. */
  readonly active?: boolean | undefined;
}

/** Options of {@linkcode timer}. */
export interface TimerOptions extends TimerProps {
  /** Time between two ticks in seconds, from 0.05 to 86,400. Default 1. */
  readonly seconds?: number | undefined;
}

/** Declares a timer. */
export interface DeclareTimer {
  /** Takes its seconds, or all its options. */
  (
    secondsOrOptions?: number | PropsInput<TimerOptions>,
  ): Field<number, number, "tick", PropsInput<TimerProps>>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * Raises `tick` at an interval while it is active and the page is visible. It draws nothing, and a layout does not
 * need to name it. Its value is its seconds, so a handler may change how often it ticks; `update({ active })` stops
 * and starts it.
 *
 * @example
 * ```ts
 * import { timer } from "atoll";
 *
 * const tick = timer({ seconds: 2 });
 * const poll = timer({ seconds: 30, active: false });
 * ```
 */
export const timer: DeclareTimer = Object.assign(
  (secondsOrOptions: number | PropsInput<TimerOptions> = {}) => {
    const { seconds, ...rest } = typeof secondsOrOptions === "number"
      ? { seconds: secondsOrOptions }
      : secondsOrOptions;
    return declare({ ...rest, ...seconds === undefined ? {} : { value: seconds } });
  },
  { component: declare.component },
);
