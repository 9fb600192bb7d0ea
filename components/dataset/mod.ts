import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import { jsonSchema } from "@/lib/value/json_schema.ts";
import Dataset from "@/islands/Dataset.tsx";
import { DatasetView } from "./view.tsx";

// Props are frozen, and the author's own objects are not to be.
const sampleSchema = jsonSchema.overwrite((sample) => structuredClone(sample));

/**
 * Samples to choose from; its value is the index of the chosen one. Raises `input`, `change` and `click` when one is
 * chosen, `click` again when the same one is chosen again.
 *
 * @example
 * ```ts
 * import { dataset } from "atoll";
 *
 * const people = dataset({ headers: ["name", "age"], samples: [["Ada", 36], ["Alan", 41]] });
 * ```
 */
export const dataset = component({
  kind: "dataset",
  props: z.object({
    /** One name for each column. With one column the samples are drawn as chips. */
    headers: z.array(z.string()).min(1),
    /** Rows of wire values, one for each column. Files with a picture's media type are drawn. */
    samples: z.array(z.array(sampleSchema)),
    /** Texts for the cells, where the value itself does not read well. */
    summaries: z.array(z.array(z.string())).optional(),
    value: z.number().int().nullable().optional(),
  }).refine(({ headers, samples }) => samples.every((row) => row.length === headers.length), {
    path: ["samples"],
    message: "Expected rows with one value for each header",
  }),
  wire: ({ samples }) => z.number().int().min(0).max(Math.max(samples.length - 1, 0)).nullable(),
  empty: () => null,
  events: { click: z.number().int().min(0), change: null, input: null },
  view: DatasetView,
  island: Dataset,
  form: ({ texts: [text] }) => text === undefined || text === "" ? null : Number(text),
});
