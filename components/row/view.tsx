import type { VNode } from "preact";
import { Row } from "@/components/layout/boxes.tsx";
import { isUnseen } from "@/components/layout/unseen.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a row reads of its props. */
export interface RowProps {
  readonly equalHeight?: boolean | undefined;
}

/** Parts side by side; they wrap where the page is too narrow. */
export function RowView({ id, props, class: more, children }: ViewProps<RowProps, null>): VNode {
  return (
    <Row id={id} class={more} hidden={isUnseen(props)} equalHeight={props.equalHeight}>
      {children}
    </Row>
  );
}
