import { createContext, type VNode } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { classes } from "@/components/ui/classes.ts";
import type { BoxProps } from "./boxes.tsx";

/** What {@linkcode Tabs} takes. */
export interface TabsProps extends BoxProps {
  /** Index of the tab that is open at the start. Default 0. */
  readonly selected?: number | undefined;
  /** Name of the group, unique on the page. Default: made from its place. */
  readonly name?: string | undefined;
}

/** What a {@linkcode Tab} takes. */
export interface TabProps extends BoxProps {
  /** What stands on the tab. */
  readonly label: string;
}

const Place = createContext({ name: "", selected: 0, count: 0 });

/**
 * Parts of which one is seen at a time. Radio buttons do the work: it needs no script, and the arrow keys move
 * between the tabs. All panels stay on the page.
 */
export function Tabs({ class: more, selected = 0, name, children }: TabsProps): VNode {
  const id = useId();
  const [place] = useState({ name: name ?? `tabs-${id}`, selected, count: 0 });
  return (
    <Place.Provider value={place}>
      <div class={classes("at-tabs", more)}>{children}</div>
    </Place.Provider>
  );
}

/** One panel of {@linkcode Tabs} and its tab. */
export function Tab({ class: more, label, children }: TabProps): VNode {
  const place = useContext(Place);
  const [index] = useState(() => place.count++);
  const id = `${place.name}-${index}`;
  // A form attribute that names no form keeps the radio buttons out of what the page sends.
  return (
    <>
      <input type="radio" class="sr" id={id} name={place.name} form="" checked={index === place.selected} />
      <label for={id}>{label}</label>
      <section class={classes("at-col", more)} aria-label={label}>{children}</section>
    </>
  );
}
