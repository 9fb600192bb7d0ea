import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import Slider from "@/islands/Slider.tsx";
import { isPosition, nearest } from "./step.ts";
import { SliderView } from "./view.tsx";

/**
 * A number from `min` to `max`. Raises `input` and `change` while moving, `release` at the end of a movement.
 *
 * @example
 * ```ts
 * import { slider } from "atoll";
 *
 * const warmth = slider({ label: "Warmth", min: 0, max: 1, step: 0.05, value: 0.5 });
 * ```
 */
export const slider = component({
  kind: "slider",
  props: z.object({
    /** Value at the left end. */
    min: z.number(),
    /** Value at the right end, more than `min`. */
    max: z.number(),
    /**
     * Distance between two positions. If it is set, pages may send these positions only. Default: 1 between whole
     * numbers that are more than 2 apart, otherwise the power of ten that gives 100 to 1,000 positions.
     */
    step: z.number().positive().optional(),
    /** `reset` brings the first value back. Default `["reset"]`. */
    buttons: z.array(z.literal("reset")).default(["reset"]),
    /** Value at the start. Default `min`. */
    value: z.number().optional(),
  }).refine(({ min, max }) => min < max, { path: ["max"], message: "Expected more than min" }),
  wire: ({ min, max, step }) =>
    z.number().min(min).max(max).refine(
      (value) => isPosition(value, { min, max, step }),
      `Expected a number in steps of ${step} from ${min}`,
    ),
  empty: ({ min }) => min,
  events: { change: null, input: null, release: z.number() },
  // Handlers calculate: what they give goes to the next position, what is sent must be one.
  encode: (value: number, _context, props) => typeof value === "number" ? nearest(value, props) : value,
  view: SliderView,
  island: Slider,
  form: ({ texts: [text] }) => text === undefined || text.trim() === "" ? undefined : Number(text),
});
