import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Accordion from "@/islands/Accordion.tsx";
import { AccordionView } from "./view.tsx";

/**
 * Content that can be folded away. Raises `expand` and `collapse`, whether a person or a handler does it.
 * `update({ open })` opens and closes it.
 *
 * @example
 * ```ts
 * import { accordion } from "atoll";
 *
 * const details = accordion({ label: "Details", open: false });
 * ```
 */
export const accordion = container({
  kind: "accordion",
  props: z.object({
    /** The heading, also visible when it is closed. */
    label: z.string(),
    /** Whether it is open. */
    open: z.boolean().default(true),
  }),
  events: { expand: null, collapse: null },
  view: AccordionView,
  island: Accordion,
});
