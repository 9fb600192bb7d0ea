import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Tabs from "@/islands/Tabs.tsx";
import { TabsView } from "./view.tsx";

const detail = z.object({ id: z.string(), index: z.number().int().min(0), value: z.string() });

/**
 * Panels of which one is visible at a time: `<Tab>`s of the layout, or fields made by `tab()`. Raises `change` when
 * another one is open, and `select` when a person chose it; both carry `{ id, index, value }`, where `value` is the
 * label. `update({ selected })` opens another one.
 *
 * @example
 * ```ts
 * import { tabs } from "atoll";
 *
 * const pages = tabs({ selected: "about" });
 * ```
 */
export const tabs = container({
  kind: "tabs",
  props: z.object({
    /** Name of the tab list for screen readers. Default: "Tabs". */
    label: z.string().optional(),
    /** The open tab: key of a `tab()`, or `id` of a `<Tab>`. */
    selected: z.string().optional(),
  }),
  events: { change: detail, select: detail },
  // Real tabs, which screen readers know how to handle, need a script, whoever else needs it or not.
  alive: () => true,
  moved: ({ texts: [selected] }) => selected === undefined ? undefined : { selected },
  view: TabsView,
  island: Tabs,
});
