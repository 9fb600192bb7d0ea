import type { VNode } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a browser state reads of its props. */
export interface BrowserStateProps {
  readonly key: string;
}

/** Nothing to see: takes the value from the browser's storage when the page opens, and writes it there when it changes. */
export function BrowserStateView(
  { id, props, value, class: more, set }: ViewProps<BrowserStateProps, string>,
): VNode | null {
  const name = `atoll:state:${props.key}`;
  // Before the page says that it has opened: what listens to that takes the value.
  useLayoutEffect(() => {
    const kept = read(name);
    if (kept && kept !== value) set?.(kept);
    const other = ({ key, newValue }: StorageEvent) => {
      if (key === name && newValue) set?.(newValue);
    };
    addEventListener("storage", other);
    return () => removeEventListener("storage", other);
  }, [name]);
  useEffect(() => {
    if (value) write(name, value);
  }, [name, value]);
  return props.visible === false ? null : <div id={id} class={more} hidden data-field={id} />;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    // A page that may not store anything starts anew each time.
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // No room, or not allowed: it lasts as long as the page.
  }
}
