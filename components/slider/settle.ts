import type { ViewProps } from "@/lib/value/page.ts";
import { nearest } from "./step.ts";
import type { SliderProps } from "./view.tsx";

/**
 * Brings a slider to a position that it may have: `typed` is its box when the person leaves it, the number that it goes
 * back to, or nothing when an action has moved its limits. Says so where that is not the number that was asked for.
 */
export function settle(
  { props, value, set, raise, say }: Pick<
    ViewProps<SliderProps, number>,
    "props" | "value" | "set" | "raise" | "say"
  >,
  typed?: Pick<HTMLInputElement, "value" | "valueAsNumber"> | number,
): void {
  const { min, max } = props;
  const box = typeof typed === "object" ? typed : undefined;
  const asked = box ? (box.value === "" ? value : box.valueAsNumber) : typed as number | undefined ?? value;
  const next = asked > max ? max : asked < min ? min : Math.min(nearest(asked, props), max);
  if (asked > max) say?.(`${max} is the most`);
  else if (asked < min) say?.(`${min} is the least`);
  else if (next !== asked) say?.(`${next} is the nearest`);
  if (box) box.value = String(next);
  if (next === value) return;
  set?.(next);
  if (typed !== undefined) raise?.("release", next);
}
