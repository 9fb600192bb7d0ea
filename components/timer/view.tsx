import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ViewProps } from "@/lib/value/page.ts";
import { every } from "./every.ts";

/** What the view of a timer reads of its props. */
export interface TimerProps {
  readonly active: boolean;
}

/** Nothing to see: an empty element that ticks while it is on the page. */
export function TimerView(
  { id, props, value, class: more, raise }: ViewProps<TimerProps, number>,
): VNode | null {
  const latest = useRef(raise);
  latest.current = raise;
  const ticks = props.active && props.visible !== false;
  useEffect(() => ticks ? every(value * 1000, () => latest.current?.("tick")) : undefined, [ticks, value]);
  return props.visible === false ? null : <div id={id} class={more} hidden data-field={id} />;
}
