import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ViewProps } from "@/lib/value/page.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";
import { IconButton } from "@/components/ui/icon_button.tsx";
import { NumberBox } from "@/components/ui/number_box.tsx";

/** What the view of a slider reads of its props. */
export interface SliderProps {
  readonly min: number;
  readonly max: number;
  readonly step?: number | undefined;
  readonly buttons: readonly "reset"[];
}

/** A range with a box for the exact number. The box moves the range while what it holds is within the limits. */
export function SliderView(view: ViewProps<SliderProps, number>): VNode | null {
  const { id, props, value, interactive, set, raise } = view;
  const { min, max, step = max - min > 1 ? 1 : 0.01 } = props;
  const [first] = useState(value);
  const name = nameOf(view);
  const shared = { min, max, step, disabled: !interactive };
  const settle = (value: number) => {
    set?.(value);
    raise?.("release", value);
  };
  return (
    <Frame
      view={view}
      tools={raise && set && props.buttons.includes("reset") && (
        <IconButton
          label="Reset to default value"
          d="M2.5 2.5v3.5h3.5M2.8 6a5.5 5.5 0 1 1-.3 3"
          onClick={() => settle(first)}
        />
      )}
    >
      <div class="at-slider">
        <input
          {...aria(view)}
          {...shared}
          id={id}
          name={id}
          class="at-range"
          type="range"
          value={value}
          aria-label={`range slider for ${name}`}
          onInput={({ currentTarget }) => set?.(currentTarget.valueAsNumber)}
          onChange={({ currentTarget }) => raise?.("release", currentTarget.valueAsNumber)}
        />
        <NumberBox
          {...shared}
          value={value}
          aria-label={`number input for ${name}`}
          onNumber={(value) => value !== null && value >= min && value <= max && set?.(value)}
          onBlur={({ currentTarget: box }: { currentTarget: HTMLInputElement }) => {
            let typed = box.value === "" ? value : Math.min(Math.max(box.valueAsNumber, min), max);
            if (props.step !== undefined) {
              // The range knows the positions that it can have.
              const range = document.getElementById(id) as HTMLInputElement;
              range.value = String(typed);
              typed = range.valueAsNumber;
            }
            box.value = String(typed);
            settle(typed);
          }}
        />
        <div class="at-ends" aria-hidden="true">
          <span>{min}</span>
          <span>{max}</span>
        </div>
      </div>
    </Frame>
  );
}
