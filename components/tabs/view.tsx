import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type TabPlace, TABS, Within } from "@/components/layout/tab_place.ts";
import { isUnseen } from "@/components/layout/unseen.ts";
import { useChange } from "@/components/layout/use_change.ts";
import { classes } from "@/components/ui/classes.ts";
import {
  chosenIn,
  keyTab,
  openOf,
  readTabs,
  tabAttributes,
  tabId,
  type TabInfo,
  tie,
} from "@/lib/client/tabs.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of tabs reads of its props. */
export interface TabsProps {
  readonly label?: string | undefined;
  readonly selected?: string | undefined;
}

/**
 * Parts of which one is seen at a time. As the server draws them they are radio buttons that look like tabs. Once they
 * are alive, a list of real tabs takes the place of the radio buttons, which go on showing the panels.
 */
export function TabsView(
  { id, props, class: more, children, move, raise }: ViewProps<TabsProps, null>,
): VNode {
  const root = useRef<HTMLDivElement | null>(null);
  const [tabs, setTabs] = useState<readonly TabInfo[]>([]);
  const isAlive = tabs.length > 0;
  const label = props.label || TABS;
  const open = openOf(tabs, props.selected);
  const selected = open?.id ?? props.selected;
  const [place] = useState<TabPlace>(() => ({
    name: id,
    field: true,
    selected,
    count: 0,
    found: false,
    changed: () => root.current && setTabs(readTabs(root.current)),
    opened: new Map(),
  }));
  place.selected = selected;
  useEffect(() => {
    const element = root.current as HTMLDivElement;
    const chosen = chosenIn(element);
    if (chosen !== undefined && chosen !== props.selected) move?.({ selected: chosen });
    setTabs(readTabs(element));
  }, []);
  const detailOf = (tab: TabInfo) => ({ id: tab.id, index: tabs.indexOf(tab), value: tab.label });
  const began = useRef(false);
  useChange(open?.id, () => {
    if (began.current && open) {
      raise?.("change", detailOf(open));
      place.opened?.get(open.id)?.(detailOf(open));
    }
    began.current = true;
  });
  // What was pressed to get there is not seen any more: whoever uses the keyboard goes on from the tab that is open now.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!open || !root.current?.contains(focused) || focused?.checkVisibility()) return;
    document.getElementById(tabId(id, open.id))?.focus();
  }, [open?.id]);
  const choose = (tab: TabInfo | undefined) => {
    if (!tab || tab === open) return;
    move?.({ selected: tab.id });
    raise?.("select", detailOf(tab));
    document.getElementById(tabId(id, tab.id))?.focus();
  };
  return (
    <Within place={place}>
      <div
        // A function of its own each time, so that it is called whenever this was drawn, before it is seen.
        ref={(element) => {
          root.current = element;
          if (element && selected !== undefined) tie(element, id, selected);
        }}
        class={classes("at-tabs", more)}
        role={isAlive ? undefined : "radiogroup"}
        aria-label={isAlive ? undefined : label}
        id={id}
        hidden={isUnseen(props)}
        data-field={id}
      >
        {isAlive && (
          <div
            role="tablist"
            aria-label={label}
            onKeyDown={(event) => choose(keyTab(event, tabs, open))}
          >
            {tabs.map((tab) => (
              <button
                key={tab.id}
                {...tabAttributes(id, tab, tab === open)}
                hidden={tab.hidden}
                disabled={tab.off}
                onClick={() => choose(tab)}
              >
                {tab.label}
              </button>
            ))}
          </div>
        )}
        {children}
      </div>
    </Within>
  );
}
