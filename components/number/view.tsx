import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ViewProps } from "@/lib/value/page.ts";
import { isEnter } from "@/components/ui/enter.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";
import { NumberBox } from "@/components/ui/number_box.tsx";
import { isExact } from "./exact.ts";
import { wordsFor } from "./words.ts";

/** What the view of a number reads of its props. */
export interface NumberProps {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  readonly precision?: number | undefined;
  readonly placeholder?: string | undefined;
  readonly autocomplete?: string | undefined;
  readonly required?: boolean | undefined;
}

/**
 * A box for a number. What is out of range is left as typed, and named when the person leaves the box; the server refuses it.
 * A text that is no number is a value of its own, so that the number before it is not sent in its place.
 */
export function NumberView(view: ViewProps<NumberProps, number | null>): VNode | null {
  const { id, props, value, interactive, status, set, raise, say } = view;
  const [wrong, setWrong] = useState<{ readonly of: unknown; readonly words: string }>();
  useEffect(() => {
    // A text that was kept over a reload is not in the box any more.
    const input = document.getElementById(id) as HTMLInputElement;
    if (typeof value === "string" && !input.value && !input.validity.badInput) set?.(null, true);
  }, [value]);
  const told = wrong && Object.is(wrong.of, value) && /idle|failed/.test(status.phase)
    ? { ...view, status: { phase: "failed" as const, message: wrong.words } }
    : view;
  return (
    <Frame view={told}>
      <NumberBox
        {...aria(told)}
        id={id}
        name={id}
        value={value}
        min={props.minimum}
        max={props.maximum}
        step={props.step ?? (props.precision === 0 ? 1 : "any")}
        placeholder={props.placeholder}
        autoComplete={props.autocomplete}
        readOnly={!interactive}
        onInput={({ currentTarget: { value, validity } }: { currentTarget: HTMLInputElement }) => {
          if (validity.badInput || !isExact(value)) set?.(value, true);
          else set?.(value === "" ? null : Number(value));
        }}
        onFocus={() => raise?.("focus")}
        onBlur={({ currentTarget }: { currentTarget: HTMLInputElement }) => {
          const words = interactive && wordsFor(nameOf(view), currentTarget, props);
          setWrong(words ? { of: value, words } : undefined);
          if (words) say?.(words);
          raise?.("blur");
        }}
        onWheel={(event: WheelEvent & { readonly currentTarget: HTMLInputElement }) => {
          // Browsers count up and down in a focused box that a page is scrolled under.
          if (event.currentTarget !== document.activeElement) return;
          event.preventDefault();
          document.scrollingElement?.scrollBy(event.deltaX, event.deltaY);
        }}
        onKeyDown={(event: KeyboardEvent) => {
          if (!isEnter(event) || !raise) return;
          event.preventDefault();
          raise("submit");
        }}
      />
    </Frame>
  );
}
