import type { VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";
import { type BoxProps, Fold } from "./boxes.tsx";

/** Props of {@linkcode Sidebar}. */
export interface SidebarProps extends BoxProps {
  /** The heading, also visible when it is closed. Default `Menu`. */
  readonly label?: string | undefined;
  /** Whether it is open at the start. Default true. */
  readonly open?: boolean | undefined;
  /** The side of the page. Default `left`. */
  readonly position?: "left" | "right" | undefined;
}

/**
 * Content beside the rest of the page, which can be folded away. It must be at the top level of a layout. Where
 * the page is too narrow for two columns it stands above them.
 */
export function Sidebar(
  { class: more, label = "Menu", position = "left", children, ...own }: SidebarProps,
): VNode {
  return (
    <Fold {...own} class={classes("at-side at-fold", more)} label={label} side={position}>{children}</Fold>
  );
}
