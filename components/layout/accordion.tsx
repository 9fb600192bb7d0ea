import type { VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";
import { type BoxProps, Fold } from "./boxes.tsx";

/** Props of {@linkcode Accordion}. */
export interface AccordionProps extends BoxProps {
  /** The heading, also visible when it is closed. */
  readonly label: string;
  /** Whether it is open at the start. Default true. */
  readonly open?: boolean | undefined;
}

/** Content that can be folded away; folded content stays in the document. */
export function Accordion({ class: more, children, ...own }: AccordionProps): VNode {
  return <Fold {...own} class={classes("at-fold", more)}>{children}</Fold>;
}
