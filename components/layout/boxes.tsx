import type { ComponentChildren, VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";

/** What every layout part takes. */
export interface BoxProps {
  /** Utility classes for the outer element. */
  readonly class?: string | undefined;
  /** Fields and further parts. */
  readonly children?: ComponentChildren;
}

/** What a {@linkcode Row} takes. */
export interface RowProps extends BoxProps {
  /** Whether all parts get the height of the highest. */
  readonly equalHeight?: boolean | undefined;
}

/** What a {@linkcode Column} takes. */
export interface ColumnProps extends BoxProps {
  /** Share of the row's width compared with its neighbours; `0` takes no more than its least width. Default 1. */
  readonly scale?: 0 | 1 | 2 | 3 | undefined;
  /** Least width before the row wraps: 160, 224 or 320 pixels. Default `md`. */
  readonly minWidth?: "sm" | "md" | "lg" | undefined;
}

/** Parts side by side; they wrap where the page is too narrow. */
export function Row({ class: more, equalHeight, children }: RowProps): VNode {
  return <div class={classes("at-row", more)} data-even={equalHeight ? "" : undefined}>{children}</div>;
}

/** Parts below each other. */
export function Column({ class: more, scale, minWidth, children }: ColumnProps): VNode {
  return <div class={classes("at-col", more)} data-scale={scale} data-min={minWidth}>{children}</div>;
}

/** Parts that belong together, on a card. */
export function Group({ class: more, children }: BoxProps): VNode {
  return <div class={classes("at-panel", more)}>{children}</div>;
}
