import type { ComponentChildren, VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";

/** Props of every layout part. */
export interface BoxProps {
  /** Utility classes for the outer element. */
  readonly class?: string | undefined;
  /** Id of the outer element, unique on the page. */
  readonly id?: string | undefined;
  /** Whether it is hidden. It stays in the document. */
  readonly hidden?: boolean | undefined;
  /** Fields and further parts. */
  readonly children?: ComponentChildren;
}

/** Props of {@linkcode Row}. */
export interface RowProps extends BoxProps {
  /** Whether all parts get the height of the highest. */
  readonly equalHeight?: boolean | undefined;
}

/** Props of {@linkcode Column}. */
export interface ColumnProps extends BoxProps {
  /** Share of the row's width compared with its neighbours; `0` takes no more than its least width. Default 1. */
  readonly scale?: 0 | 1 | 2 | 3 | undefined;
  /** Least width before the row wraps: 160, 224 or 320 pixels. Default `md`. */
  readonly minWidth?: "sm" | "md" | "lg" | undefined;
}

/** Parts side by side; they wrap where the page is too narrow. */
export function Row({ class: more, id, hidden, equalHeight, children }: RowProps): VNode {
  return (
    <div
      class={classes("at-row", more)}
      id={id}
      hidden={hidden}
      data-field={id}
      data-even={equalHeight ? "" : undefined}
    >
      {children}
    </div>
  );
}

/** Parts below each other. */
export function Column({ class: more, id, hidden, scale, minWidth, children }: ColumnProps): VNode {
  return (
    <div
      class={classes("at-col", more)}
      id={id}
      hidden={hidden}
      data-field={id}
      data-scale={scale}
      data-min={minWidth}
    >
      {children}
    </div>
  );
}

/** Parts that belong together, on a card. */
export function Group({ class: more, id, hidden, children }: BoxProps): VNode {
  return <div class={classes("at-panel", more)} id={id} hidden={hidden} data-field={id}>{children}</div>;
}

/** Props of {@linkcode Fold}. */
export interface FoldProps extends BoxProps {
  /** The heading, also visible when it is closed. */
  readonly label: string;
  /** Whether it is open. Default true. */
  readonly open?: boolean | undefined;
  /** The side of the page; absent in the flow of the page. */
  readonly side?: "left" | "right" | undefined;
  /** Called when the person has opened or closed it. */
  readonly toggled?: ((open: boolean) => void) | undefined;
}

/** Content that can be folded away; the browser itself opens and closes it. */
export function Fold(
  { class: look, id, hidden, label, open = true, side, toggled, children }: FoldProps,
): VNode {
  return (
    <details
      class={look}
      id={id}
      hidden={hidden}
      open={open}
      data-field={id}
      data-side={side}
      onToggle={toggled && (({ currentTarget }) => {
        if (currentTarget.open !== open) toggled(currentTarget.open);
      })}
    >
      <summary>{label}</summary>
      <div class="at-col">{children}</div>
    </details>
  );
}
