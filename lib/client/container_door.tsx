import { type ComponentChild, type ComponentType, h } from "preact";
import type { Json } from "@/lib/value/json.ts";
import type { DoorProps, FieldStatus, ViewProps } from "@/lib/value/page.ts";
import { sessionOf } from "./session.ts";

const inBrowser = typeof document !== "undefined";
const still: FieldStatus = { phase: "idle" };

/**
 * Puts the view of a container behind a door of its own kind: it has props instead of a value, and children that the
 * server drew. In the browser these arrive as they are; the doors among them stay alive, also while they are hidden.
 */
// deno-lint-ignore no-explicit-any -- a door takes any view: its props are checked when the field is declared
export function containerDoor(View: ComponentType<ViewProps<any, null>>): ComponentType<DoorProps> {
  return function ContainerDoor({ page, id, class: classes, children }: DoorProps): ComponentChild {
    const session = inBrowser ? sessionOf(page) : undefined;
    const live = session?.enter(id).props;
    return h(View, {
      id,
      props: live ? live.value : page.fields[id]?.props ?? {},
      value: null,
      interactive: true,
      status: still,
      class: classes,
      children,
      move: live && ((moved: object) => {
        for (const name in moved) session.touch(`${id}.${name}`);
        live.value = { ...live.peek(), ...moved };
      }),
      raise: session && ((event: string, detail?: Json) => session.raise(id, event, detail)),
    });
  };
}
