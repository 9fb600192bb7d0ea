import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { isEnter } from "@/components/ui/enter.ts";
import { aria, Frame } from "@/components/ui/frame.tsx";
import { NumberBox } from "@/components/ui/number_box.tsx";

/** What the view of a number reads of its props. */
export interface NumberProps {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  readonly precision?: number | undefined;
  readonly placeholder?: string | undefined;
}

/** A box for a number. What is out of range is marked and left as typed: the server refuses it. */
export function NumberView(view: ViewProps<NumberProps, number | null>): VNode | null {
  const { id, props, value, interactive, set, raise } = view;
  return (
    <Frame view={view}>
      <NumberBox
        {...aria(view)}
        id={id}
        name={id}
        value={value}
        min={props.minimum}
        max={props.maximum}
        step={props.step ?? (props.precision === 0 ? 1 : "any")}
        placeholder={props.placeholder}
        readOnly={!interactive}
        onNumber={(value) => set?.(value)}
        onFocus={() => raise?.("focus")}
        onBlur={() => raise?.("blur")}
        onKeyDown={(event: KeyboardEvent) => {
          if (!isEnter(event) || !raise) return;
          event.preventDefault();
          raise("submit");
        }}
      />
    </Frame>
  );
}
