import type { VNode } from "preact";
import { Column } from "@/components/layout/boxes.tsx";
import { isUnseen } from "@/components/layout/unseen.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a column reads of its props. */
export interface ColumnProps {
  readonly scale?: 0 | 1 | 2 | 3 | undefined;
  readonly minWidth?: "sm" | "md" | "lg" | undefined;
}

/** Parts below each other. */
export function ColumnView({ id, props, class: more, children }: ViewProps<ColumnProps, null>): VNode {
  return (
    <Column id={id} class={more} hidden={isUnseen(props)} scale={props.scale} minWidth={props.minWidth}>
      {children}
    </Column>
  );
}
