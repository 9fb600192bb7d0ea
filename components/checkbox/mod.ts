import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import Checkbox from "@/islands/Checkbox.tsx";
import { CheckboxView } from "./view.tsx";

/**
 * A box to tick. Raises `input` and `change` when ticked or cleared.
 *
 * @example
 * ```ts
 * import { checkbox } from "atoll";
 *
 * const loud = checkbox({ label: "Loud", value: true });
 * ```
 */
export const checkbox = component({
  kind: "checkbox",
  props: z.object({ value: z.boolean().optional() }),
  wire: () => z.boolean(),
  empty: () => false,
  events: { change: null, input: null },
  view: CheckboxView,
  island: Checkbox,
  // A form sends a box only when it is ticked.
  form: ({ texts }) => texts.length > 0,
});
