import type { VNode } from "preact";
import { classes } from "@/components/ui/classes.ts";
import type { BoxProps } from "./boxes.tsx";

/** What an {@linkcode Accordion} takes. */
export interface AccordionProps extends BoxProps {
  /** What is seen when it is closed. */
  readonly label: string;
  /** Whether it is open at the start. Default true. */
  readonly open?: boolean | undefined;
}

/** Parts that can be folded away; what is folded away stays on the page. */
export function Accordion({ class: more, label, open = true, children }: AccordionProps): VNode {
  return (
    <details class={classes("at-fold", more)} open={open}>
      <summary>{label}</summary>
      <div class="at-col">{children}</div>
    </details>
  );
}
