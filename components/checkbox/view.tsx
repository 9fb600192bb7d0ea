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
          {interactive
            ? (
              <input
                {...aria(view)}
                id={id}
                name={id}
                type="checkbox"
                checked={!!value}
                onChange={({ currentTarget }) => set?.(currentTarget.checked)}
              />
            )
            : (
              // A disabled box cannot be reached by the keyboard, so that what is around it stands for it.
              <span
                {...aria(view)}
                id={id}
                role="checkbox"
                tabIndex={0}
                aria-checked={!!value}
                aria-readonly="true"
                aria-label={nameOf(view)}
              >
                <input type="checkbox" checked={!!value} disabled aria-hidden="true" />
              </span>
            )}
          <span class={props.showLabel === false ? "sr" : undefined}>{nameOf(view)}</span>
        </label>
      }
    />
  );
}
