import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isOpen, TabPanel } from "@/components/layout/tab_panel.tsx";
import type { TabPlace, WithinTabs } from "@/components/layout/tab_place.ts";
import { isUnseen } from "@/components/layout/unseen.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a tab reads of its props. */
export interface TabProps {
  readonly label: string;
  readonly interactive?: boolean | undefined;
}

/** One tab and its panel. Raises `select` when it becomes the open one. */
export function TabView(
  { id, props, class: more, children, raise }: ViewProps<TabProps, null>,
  { tabs }: WithinTabs = {},
): VNode {
  const [place] = useState<TabPlace>(tabs ?? { name: id, field: true, selected: id, count: 0, found: false });
  if (!place.field) {
    throw new TypeError(`Cannot place the tab "${id}" in plain <Tabs>: make a field of them, with tabs()`);
  }
  const [index] = useState(() => place.count++);
  const { label } = props;
  const hidden = isUnseen(props);
  const off = props.interactive === false;
  useEffect(() => void place.opened?.set(id, (detail) => raise?.("select", { ...detail })), []);
  useEffect(() => place.changed?.(), [label, hidden, off]);
  return (
    <TabPanel
      place={place}
      id={id}
      field={id}
      label={label}
      open={isOpen(place, id, index, !hidden && !off)}
      hidden={hidden}
      off={off}
      class={more}
    >
      {children}
    </TabPanel>
  );
}
