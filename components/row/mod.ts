import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Row from "@/islands/Row.tsx";
import { RowView } from "./view.tsx";

/**
 * Parts side by side; they wrap where the page is too narrow. Like `<Row>` of the layout, but handlers can hide and
 * show it.
 *
 * @example
 * ```ts
 * import { row } from "atoll";
 *
 * const more = row({ visible: false });
 * ```
 */
export const row = container({
  kind: "row",
  props: z.object({
    /** Whether all parts get the height of the highest. */
    equalHeight: z.boolean().optional(),
  }),
  events: {},
  view: RowView,
  island: Row,
});
