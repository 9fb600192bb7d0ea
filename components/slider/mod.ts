import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import Slider from "@/islands/Slider.tsx";
import { SliderView } from "./view.tsx";

/**
 * A number from `min` to `max`. Raises `input` and `change` while moving, `release` when let go.
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
    min: z.number(),
    max: z.number(),
    /** Default 1, or 0.01 when `min` and `max` are at most 1 apart. */
    step: z.number().positive().optional(),
    buttons: z.array(z.literal("reset")).default(["reset"]),
    value: z.number().optional(),
  }).refine(({ min, max }) => min < max, { path: ["max"], message: "Expected more than min" }),
  wire: ({ min, max }) => z.number().min(min).max(max),
  empty: ({ min }) => min,
  events: ["change", "input", "release"],
  view: SliderView,
  island: Slider,
  form: ({ texts: [text] }) => text === undefined || text.trim() === "" ? undefined : Number(text),
});
