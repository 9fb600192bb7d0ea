import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Column from "@/islands/Column.tsx";
import { ColumnView } from "./view.tsx";

/**
 * Parts below each other. Like `<Column>` of the layout, but handlers can hide and show it.
 *
 * @example
 * ```ts
 * import { column } from "atoll";
 *
 * const more = column({ visible: false });
 * ```
 */
export const column = container({
  kind: "column",
  props: z.object({
    /** Share of the row's width compared with its neighbours; `0` takes no more than its least width. */
    scale: z.literal([0, 1, 2, 3]).optional(),
    /** Least width before the row wraps: 160, 224 or 320 pixels. */
    minWidth: z.enum(["sm", "md", "lg"]).optional(),
  }),
  events: {},
  view: ColumnView,
  island: Column,
});
