import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import { hasMoreValues, MOST_VALUES } from "@/lib/value/json_count.ts";
import { jsonSchema } from "@/lib/value/json_schema.ts";
import JsonIsland from "@/islands/Json.tsx";
import { JsonView } from "./view.tsx";

/**
 * Any JSON value, shown as a tree. Keys whose value is `undefined` are left out, as `JSON.stringify()` does. Raises `change`.
 *
 * @example
 * ```ts
 * import { json } from "atoll";
 *
 * const answer = json({ label: "Answer", open: 1 });
 * ```
 */
export const json = component({
  kind: "json",
  props: z.object({
    /** How many levels are open at the start. */
    open: z.number().int().min(0).default(2),
    /** `copy` puts the JSON into the clipboard. Default `["copy"]`. */
    buttons: z.array(z.literal("copy")).default(["copy"]),
    /** Value at the start. Default `null`. */
    value: jsonSchema.optional(),
  }),
  wire: () => jsonSchema,
  empty: () => null,
  events: { change: null },
  view: JsonView,
  island: JsonIsland,
  form: ({ texts: [text] }) => text ? parse(text) : null,
});

// Text that is no JSON is the JSON string of that text.
function parse(text: string): unknown {
  if (hasMoreValues(text)) throw new Fault("bad_input", `It has more than ${MOST_VALUES} values`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
