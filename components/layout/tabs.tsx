import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { classes } from "@/components/ui/classes.ts";
import type { BoxProps } from "./boxes.tsx";
import { isOpen, TabPanel } from "./tab_panel.tsx";
import { type TabPlace, TABS, Within, type WithinTabs } from "./tab_place.ts";

/** Props of {@linkcode Tabs}. */
export interface TabsProps extends BoxProps {
  /** Index or id of the tab that is open at the start. Default: the first. */
  readonly selected?: number | string | undefined;
  /** Name of the tab list for screen readers. Default: "Tabs". */
  readonly label?: string | undefined;
  /** Name of the group, unique on the page. Default: made from its place. */
  readonly name?: string | undefined;
}

/** Props of {@linkcode Tab}. */
export interface TabProps extends BoxProps {
  /** The text on the tab. */
  readonly label: string;
  /** Its name in `selected`. Default: its index, from `0`. */
  readonly id?: string | undefined;
}

/**
 * Panels of which one is visible at a time. Radio buttons do the work without script. On a page with live fields,
 * real tabs take their place when the page is first used. All panels stay on the page.
 */
export function Tabs({ class: more, id, hidden, selected, label, name, children }: TabsProps): VNode {
  const own = useId();
  const [place] = useState<TabPlace>({
    name: name ?? `tabs-${own}`,
    selected,
    field: false,
    count: 0,
    found: false,
  });
  return (
    <Within place={place}>
      <div
        class={classes("at-tabs", more)}
        role="radiogroup"
        aria-label={label || TABS}
        id={id}
        hidden={hidden}
        data-field={id}
      >
        {children}
      </div>
    </Within>
  );
}

/** One panel of {@linkcode Tabs} and its tab. */
export function Tab(
  { class: more, label, id, hidden, children }: TabProps,
  context: { readonly tabs?: unknown } = {},
): VNode {
  const place = (context as WithinTabs).tabs;
  if (!place) throw new TypeError(`Cannot place the tab "${label}" outside of tabs`);
  const [index] = useState(() => place.count++);
  const own = id ?? String(index);
  return (
    <TabPanel
      place={place}
      id={own}
      label={label}
      open={isOpen(place, own, index, !hidden)}
      hidden={hidden}
      class={more}
    >
      {children}
    </TabPanel>
  );
}
