import { z } from "zod";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import Dropdown from "@/islands/Dropdown.tsx";
import { type Choice, DropdownView } from "./view.tsx";

export type { Choice } from "./view.tsx";

/** The value behind a choice. */
export type ValueOf<C> = C extends readonly [string, infer V] ? V : C;

/**
 * The type of a dropdown's value: that of its choices, written out where they are constant (`as const`). Otherwise
 * any text or number, as `update({ choices })` may bring others.
 */
export type ChosenOf<A extends readonly Choice[]> = A extends unknown[] ? Wide<ValueOf<A[number]>>
  : ValueOf<A[number]>;

/** Widens a text to `string` and a number to `number`. */
export type Wide<V> = V extends string ? string : V extends number ? number : V;

/** Options of {@linkcode dropdown}. */
export interface DropdownOptions<A extends readonly Choice[] = readonly Choice[], V = ValueOf<A[number]>> {
  /** Values, or pairs of a label and a value. */
  readonly choices: A;
  /** Shown while nothing is chosen. */
  readonly placeholder?: string | undefined;
  /** The purpose of the field for a browser that fills it in, as in HTML's `autocomplete`. Default: none. */
  readonly autocomplete?: string | undefined;
  /** Whether a person must choose: without `value` nothing is chosen at the start. Default `false`. */
  readonly required?: boolean | undefined;
  /** The choice at the start. Default: the first choice; `null` lets nothing be chosen. */
  readonly value?: V | undefined;
}

const choice = z.union([z.string(), z.number()]);
const valueOf = (choice: Choice) => typeof choice === "object" ? choice[1] : choice;

const declare = component({
  kind: "dropdown",
  props: z.object({
    choices: z.array(z.union([choice, z.tuple([z.string(), choice]).readonly()])).readonly().refine(
      (choices) => new Set(choices.map((choice) => String(valueOf(choice)))).size === choices.length,
      "Expected no value twice",
    ),
    placeholder: z.string().optional(),
    autocomplete: z.string().optional(),
    required: z.boolean().optional(),
    /** Whether nothing may be chosen. */
    nullable: z.boolean().default(false),
    value: choice.nullable().optional(),
  }).refine(({ choices, nullable }) => !nullable || choices.every((choice) => valueOf(choice) !== ""), {
    path: ["choices"],
    message: 'Expected no value "" beside the null of an empty dropdown',
  }),
  wire: ({ choices, nullable }) => {
    if (choices.length === 0) return z.null();
    const one = z.literal(choices.map(valueOf));
    return nullable ? one.nullable() : one;
  },
  empty: ({ choices: [first], nullable, required }) =>
    nullable || required || first === undefined ? null : valueOf(first),
  events: {
    change: null,
    input: null,
    select: z.object({ index: z.number().int().min(0), value: choice }),
    focus: null,
    blur: null,
  },
  view: DropdownView,
  island: Dropdown,
  form: ({ texts: [text] }, { choices }) =>
    choices.map(valueOf).find((value) => String(value) === text) ?? null,
});

/** The events of a {@linkcode dropdown}. */
export type DropdownEvent = "change" | "input" | "select" | "focus" | "blur";

/** A declared dropdown whose value is a `V`. */
export type DropdownField<V> = Field<
  V,
  V,
  DropdownEvent,
  PropsInput<DropdownOptions>,
  { readonly select: { index: number; value: string | number } }
>;

/** Declares a dropdown. */
export interface DeclareDropdown {
  /** A dropdown in which nothing may be chosen: handlers may receive `null`. */
  <A extends readonly Choice[]>(
    options: PropsInput<DropdownOptions<A, null>> & { readonly value: null },
  ): DropdownField<ChosenOf<A> | null>;
  /** A dropdown in which a choice is always made. */
  <A extends readonly Choice[]>(
    options: PropsInput<DropdownOptions<A, NoInfer<ValueOf<A[number]>>>>,
  ): DropdownField<ChosenOf<A>>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * One of several choices. Raises `input`, `change` and `select` when a choice is made, `focus` and `blur`.
 * `update({ choices })` changes the choices. With constant choices (`as const`) handlers receive exactly one
 * of them.
 *
 * @example
 * ```ts
 * import { dropdown } from "atoll";
 *
 * const mood = dropdown({ label: "Mood", choices: ["calm", "bright"] });
 * const weather = dropdown({ choices: ["sun", "rain"] as const });
 * const size = dropdown({ choices: [["Small", 1], ["Large", 10]], value: 10 });
 * ```
 */
export const dropdown: DeclareDropdown = Object.assign(
  (options: PropsInput<DropdownOptions<readonly Choice[], string | number | null>>) =>
    declare({ ...options, nullable: options.value === null }),
  { component: declare.component },
) as unknown as DeclareDropdown;
