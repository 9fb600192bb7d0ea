import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** A text, for tests of our own that are not about components. */
export const text = component({
  kind: "text",
  props: z.object({ value: z.string().optional() }),
  wire: () => z.string(),
  empty: () => "",
  events: { change: null },
  view: (_: ViewProps<object, string>) => null,
});

/** Something to press, or to pick a row of. */
export const push = component({
  kind: "push",
  props: z.object({}),
  wire: () => z.string(),
  empty: () => "",
  events: { click: null, pick: z.object({ row: z.number().int() }) },
  view: (_: ViewProps<object, string>) => null,
});
