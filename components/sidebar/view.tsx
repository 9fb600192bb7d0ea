import type { VNode } from "preact";
import { Fold } from "@/components/layout/boxes.tsx";
import { isUnseen } from "@/components/layout/unseen.ts";
import { type Folding, useFold } from "@/components/layout/use_fold.ts";
import { classes } from "@/components/ui/classes.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a sidebar reads of its props. */
export interface SidebarProps extends Folding {
  readonly label: string;
  readonly position: "left" | "right";
}

/** Parts beside all others of the page. */
export function SidebarView(view: ViewProps<SidebarProps, null>): VNode {
  const { id, props, class: more, children } = view;
  return (
    <Fold
      id={id}
      class={classes("at-side at-fold", more)}
      hidden={isUnseen(props)}
      label={props.label}
      open={props.open}
      side={props.position}
      toggled={useFold(view)}
    >
      {children}
    </Fold>
  );
}
