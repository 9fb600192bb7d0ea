import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import { kindOf } from "@/lib/value/kind_of.ts";
import { listOf } from "@/lib/value/list_of.ts";
import Label from "@/islands/Label.tsx";
import { type Confidence, LabelView, type Ranking } from "./view.tsx";

export type { Confidence, Ranking } from "./view.tsx";

const ranking = z.object({
  label: z.string(),
  confidences: listOf(z.object({ label: z.string(), confidence: z.number().min(0).max(1) })).nullable(),
});

/**
 * Classes with the confidence of each, drawn as bars, the best first. A handler gives a record of shares
 * (`{ cat: 0.9, dog: 0.1 }`) or one class; it receives a {@linkcode Ranking} or `null`. Raises `change`.
 *
 * @example
 * ```ts
 * import { Interface, label, textbox } from "atoll";
 *
 * export default Interface({
 *   inputs: textbox(),
 *   outputs: label({ numTopClasses: 2 }),
 *   fn: (text) => ({ question: text.endsWith("?") ? 0.9 : 0.1, answer: text.endsWith("?") ? 0.1 : 0.9 }),
 * });
 * ```
 */
export const label = component({
  kind: "label",
  props: z.object({
    /** How many classes are shown. Default: all. */
    numTopClasses: z.number().int().positive().optional(),
    /** Whether the best class stands above the bars. */
    showHeading: z.boolean().default(true),
    value: ranking.optional(),
  }),
  wire: () => ranking.nullable(),
  empty: () => null,
  events: { change: null },
  view: LabelView,
  island: Label,
  encode: (out: string | Readonly<Record<string, number>> | Ranking | null, _context, { numTopClasses }) =>
    out === null ? null : rank(out, numTopClasses),
  form: () => null,
  summary: (value) => value?.label ?? "",
});

// Shares that were added up in single precision are a little more than 1.
const ROUNDING = 1e-3;

function rank(out: string | Readonly<Record<string, number>> | Ranking, top: number | undefined): Ranking {
  if (typeof out === "string") return { label: out, confidences: null };
  if (typeof out !== "object" || Array.isArray(out)) {
    throw new Fault(
      "bad_output",
      `Cannot rank ${
        kindOf(out)
      }: give one class as text, or a record of shares such as { cat: 0.9, dog: 0.1 }`,
    );
  }
  if (isRanking(out)) return { ...out, confidences: out.confidences && out.confidences.map(checked) };
  const confidences = Object.entries(out).map(([label, confidence]) => checked({ label, confidence }));
  confidences.sort((a, b) => b.confidence - a.confidence);
  return { label: confidences[0]?.label ?? "", confidences: confidences.slice(0, top) };
}

function checked({ label, confidence }: Confidence): Confidence {
  if (typeof confidence === "number" && confidence >= -ROUNDING && confidence <= 1 + ROUNDING) {
    return { label, confidence: Math.min(Math.max(confidence, 0), 1) };
  }
  const what = typeof confidence === "number" ? `${confidence}` : kindOf(confidence);
  throw new Fault(
    "bad_output",
    `Cannot rank "${label}" with a confidence of ${what}: give a share from 0 to 1`,
  );
}

function isRanking(out: Readonly<Record<string, number>> | Ranking): out is Ranking {
  return typeof out.label === "string";
}
