import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Sidebar from "@/islands/Sidebar.tsx";
import { SidebarView } from "./view.tsx";

/**
 * Content beside the rest of the page, which can be folded away; it must be at the top level of a layout. Raises
 * `expand` and `collapse`. `update({ open })` opens and closes it.
 *
 * @example
 * ```ts
 * import { sidebar } from "atoll";
 *
 * const settings = sidebar({ label: "Settings", open: false, position: "right" });
 * ```
 */
export const sidebar = container({
  kind: "sidebar",
  props: z.object({
    /** The heading, also visible when it is closed. */
    label: z.string().default("Menu"),
    /** Whether it is open. */
    open: z.boolean().default(true),
    /** The side of the page. */
    position: z.enum(["left", "right"]).default("left"),
  }),
  events: { expand: null, collapse: null },
  view: SidebarView,
  island: Sidebar,
});
