import type { ComponentChildren, VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";
import type { TabPlace } from "./tab_place.ts";

/** What a {@linkcode TabPanel} takes. */
export interface TabPanelProps {
  readonly place: TabPlace;
  readonly id: string;
  readonly label: string;
  readonly open: boolean;
  /** Whether neither the tab nor its panel is seen. */
  readonly hidden?: boolean | undefined;
  /** Whether it cannot be chosen. */
  readonly off?: boolean | undefined;
  readonly class?: string | undefined;
  readonly children?: ComponentChildren;
  /** Key of the field, if the tab is one. */
  readonly field?: string | undefined;
}

/** A tab and its panel. A radio button shows the panel, so that it needs no script. */
export function TabPanel(
  { place, id, label, open, hidden, off, class: more, children, field }: TabPanelProps,
): VNode {
  const tab = `${place.name}-${id}`;
  // A form attribute that names no form keeps the radio buttons out of what the page sends.
  return (
    <>
      <input
        type="radio"
        class="sr"
        id={tab}
        name={place.name}
        value={id}
        form={place.field ? undefined : ""}
        checked={open}
        disabled={off}
        hidden={hidden}
      />
      <label for={tab} hidden={hidden}>{label}</label>
      <section
        id={field ?? `${tab}-panel`}
        class={classes("at-col", more)}
        aria-label={label}
        data-field={field}
        hidden={hidden}
      >
        {children}
      </section>
    </>
  );
}

/** Whether the tab that is being drawn is the open one. The first that can be chosen is, if none is named. */
export function isOpen(place: TabPlace, id: string, index: number, choosable: boolean): boolean {
  const { selected, found } = place;
  const open = selected === undefined ? choosable && !found : selected === id || selected === index;
  if (open) place.found = true;
  return open;
}
