import type { VNode } from "preact";
import { Group } from "@/components/layout/boxes.tsx";
import { isUnseen } from "@/components/layout/unseen.ts";
import type { ViewProps } from "@/lib/value/page.ts";

/** Parts that belong together, on a card. */
export function GroupView({ id, props, class: more, children }: ViewProps<object, null>): VNode {
  return (
    <Group id={id} class={more} hidden={isUnseen(props)}>
      {children}
    </Group>
  );
}
