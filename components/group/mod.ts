import { z } from "zod";
import { container } from "@/lib/demo/container.ts";
import Group from "@/islands/Group.tsx";
import { GroupView } from "./view.tsx";

/**
 * Parts that belong together, on a card. Like `<Group>` of the layout, but handlers can hide and show it.
 *
 * @example
 * ```ts
 * import { group } from "atoll";
 *
 * const more = group({ visible: false });
 * ```
 */
export const group = container({
  kind: "group",
  props: z.object({}),
  events: {},
  view: GroupView,
  island: Group,
});
