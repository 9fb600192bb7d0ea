import { z } from "zod";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import NumberIsland from "@/islands/Number.tsx";
import { isExact } from "./exact.ts";
import { NumberView } from "./view.tsx";

/** Options of {@linkcode number}. */
export interface NumberOptions<R extends boolean = boolean> {
  /** Smallest value accepted. Default: none. */
  readonly minimum?: number | undefined;
  /** Largest value accepted. Default: none. */
  readonly maximum?: number | undefined;
  /** The amount that the arrow keys add. Default 1. */
  readonly step?: number | undefined;
  /** Digits after the point that values are rounded to; `0` accepts integers only. */
  readonly precision?: number | undefined;
  /** Text of the empty box. */
  readonly placeholder?: string | undefined;
  /** The purpose of the number for a browser that fills it in, as in HTML's `autocomplete`. Default: none. */
  readonly autocomplete?: string | undefined;
  /** Whether an empty box is refused: handlers never receive `null`. Default `false`. */
  readonly required?: R | undefined;
  /** Number at the start. Default `null`: the box is empty. */
  readonly value?: number | null | undefined;
}

const declare = component({
  kind: "number",
  props: z.object({
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    step: z.number().positive().optional(),
    precision: z.number().int().min(0).max(15).optional(),
    placeholder: z.string().optional(),
    autocomplete: z.string().optional(),
    required: z.boolean().optional(),
    value: z.number().nullable().optional(),
  }).refine(
    ({ minimum = -Infinity, maximum = Infinity }) => minimum <= maximum,
    { path: ["maximum"], message: "Expected no less than minimum" },
  ),
  wire: ({ minimum, maximum, precision, required }): z.ZodType<number | null> => {
    let schema = precision === 0 ? z.number().int() : z.number();
    if (minimum !== undefined) schema = schema.min(minimum);
    if (maximum !== undefined) schema = schema.max(maximum);
    if (precision) schema = schema.overwrite((value) => Number(value.toFixed(precision)));
    return required ? schema : schema.nullable();
  },
  empty: () => null,
  events: { change: null, input: null, submit: null, focus: null, blur: null },
  view: NumberView,
  island: NumberIsland,
  // What is no number, or would become another one, stays text, which the wire schema refuses.
  form: ({ texts: [text = ""] }) =>
    text.trim() === "" ? null : isExact(text.trim()) && Number.isFinite(Number(text)) ? Number(text) : text,
});

/** A declared number box whose value is a `V`. */
export type NumberField<V> = Field<
  V,
  V,
  "change" | "input" | "submit" | "focus" | "blur",
  PropsInput<Omit<NumberOptions, "required">>
>;

/** Declares a number box. */
export interface DeclareNumber {
  /** A box that must be filled: handlers always receive a number. */
  (options: PropsInput<NumberOptions<true>> & { readonly required: true }): NumberField<number>;
  /** A box that may be empty: handlers may receive `null`. */
  (options?: PropsInput<NumberOptions>): NumberField<number | null>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * A number, or `null` when the box is empty. With `required: true` it is never `null`. Raises `input` and `change` while
 * typing, `submit` on Enter, `focus` and `blur`.
 *
 * @example
 * ```ts
 * import { number } from "atoll";
 *
 * const guests = number({ label: "Guests", minimum: 1, maximum: 12, precision: 0, required: true, value: 2 });
 * ```
 */
export const number: DeclareNumber = declare as unknown as DeclareNumber;
