import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
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
  const { id, props, value, interactive, first, set, raise } = view;
  const { min, max, step = defaultStep(min, max) } = props;
  const shared = {
    min,
    max,
    step,
    value,
    onInput: ({ currentTarget: { valueAsNumber: typed } }: { readonly currentTarget: HTMLInputElement }) =>
      typed >= min && typed <= max && set?.(typed),
  };
  const settle = (typed?: HTMLInputElement | number) =>
    import("./settle.ts").then((it) => it.settle(view, typed), Object);
  const [drawn] = useState(props);
  useEffect(() => {
    // An action has moved the limits.
    if (props !== drawn) settle();
  }, [props]);
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
          disabled={!interactive}
          onChange={({ currentTarget }) => raise?.("release", currentTarget.valueAsNumber)}
        />
        <NumberBox
          {...aria(view)}
          {...shared}
          readOnly={!interactive}
          aria-label={`${nameOf(view)}, number`}
          onBlur={({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
            set && settle(currentTarget)}
        />
        <div class="at-ends" aria-hidden="true">
          <span>{min}</span>
          <span>{max}</span>
        </div>
      </div>
    </Frame>
  );
}

/**
 * Distance between two positions where the author names none: 1 between whole numbers that are more than 2 apart, else the
 * power of ten that gives 100 to 1,000 positions.
 */
export function defaultStep(min: number, max: number): number {
  return max - min > 2 && min % 1 === 0 && max % 1 === 0 ? 1 : 10 ** Math.floor(Math.log10(max - min) - 2);
}
