import type { VNode } from "preact";
import { Fold } from "@/components/layout/boxes.tsx";
import { isUnseen } from "@/components/layout/unseen.ts";
import { type Folding, useFold } from "@/components/layout/use_fold.ts";
import { classes } from "@/components/ui/classes.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of an accordion reads of its props. */
export interface AccordionProps extends Folding {
  readonly label: string;
}

/** Parts that can be folded away. */
export function AccordionView(view: ViewProps<AccordionProps, null>): VNode {
  const { id, props, class: more, children } = view;
  return (
    <Fold
      id={id}
      class={classes("at-fold", more)}
      hidden={isUnseen(props)}
      label={props.label}
      open={props.open}
      toggled={useFold(view)}
    >
      {children}
    </Fold>
  );
}
