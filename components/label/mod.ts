import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import { listOf } from "@/lib/value/list_of.ts";
import Label from "@/islands/Label.tsx";
import { LabelView, type Ranking } from "./view.tsx";

export type { Confidence, Ranking } from "./view.tsx";

const ranking = z.object({
  label: z.string(),
  confidences: listOf(z.object({ label: z.string(), confidence: z.number() })).nullable(),
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

function rank(out: string | Readonly<Record<string, number>> | Ranking, top: number | undefined): Ranking {
  if (typeof out === "string") return { label: out, confidences: null };
  if (isRanking(out)) return out;
  const confidences = Object.entries(out).map(([label, confidence]) => ({ label, confidence }));
  const wrong = confidences.find(({ confidence }) => !Number.isFinite(confidence));
  if (wrong) {
    throw new Fault("bad_output", `Cannot rank "${wrong.label}": its confidence must be a finite number`);
  }
  confidences.sort((a, b) => b.confidence - a.confidence);
  return { label: confidences[0]?.label ?? "", confidences: confidences.slice(0, top) };
}

function isRanking(out: Readonly<Record<string, number>> | Ranking): out is Ranking {
  return typeof out.label === "string";
}
