import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import NumberIsland from "@/islands/Number.tsx";
import { NumberView } from "./view.tsx";

/**
 * A number, or `null` when the box is empty. Raises `input` and `change` while typing, `submit` on Enter, `focus`
 * and `blur`.
 *
 * @example
 * ```ts
 * import { number } from "atoll";
 *
 * const guests = number({ label: "Guests", minimum: 1, maximum: 12, precision: 0, value: 2 });
 * ```
 */
export const number = component({
  kind: "number",
  props: z.object({
    /** Smallest value accepted. Default: none. */
    minimum: z.number().optional(),
    /** Largest value accepted. Default: none. */
    maximum: z.number().optional(),
    /** The amount that the arrow keys add. Default 1. */
    step: z.number().positive().optional(),
    /** Digits after the point that values are rounded to; `0` accepts integers only. */
    precision: z.number().int().min(0).max(15).optional(),
    /** Text of the empty box. */
    placeholder: z.string().optional(),
    /** Number at the start. Default `null`: the box is empty. */
    value: z.number().nullable().optional(),
  }),
  wire: ({ minimum, maximum, precision }) => {
    let schema = precision === 0 ? z.number().int() : z.number();
    if (minimum !== undefined) schema = schema.min(minimum);
    if (maximum !== undefined) schema = schema.max(maximum);
    if (precision) schema = schema.overwrite((value) => Number(value.toFixed(precision)));
    return schema.nullable();
  },
  empty: () => null,
  events: { change: null, input: null, submit: null, focus: null, blur: null },
  view: NumberView,
  island: NumberIsland,
  form: ({ texts: [text] }) => text === undefined || text.trim() === "" ? null : Number(text),
});
