import type { VNode } from "preact";
import type { CommonProps, ViewProps } from "@/lib/value/page.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";

/** A box to tick, with its label beside it. */
export function CheckboxView(view: ViewProps<CommonProps, boolean>): VNode | null {
  const { id, props, value, interactive, set } = view;
  return (
    <Frame
      view={view}
      caption={
        <label class="at-check">
          <input
            {...aria(view)}
            id={id}
            name={id}
            type="checkbox"
            checked={!!value}
            disabled={!interactive}
            onChange={({ currentTarget }) => set?.(currentTarget.checked)}
          />
          <span class={props.showLabel === false ? "sr" : undefined}>{nameOf(view)}</span>
        </label>
      }
    />
  );
}
