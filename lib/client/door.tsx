import { type ComponentChild, type ComponentType, h } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { drawn } from "@/lib/value/drawn.ts";
import type { Json } from "@/lib/value/json.ts";
import type { DoorProps, FieldStatus, UploadOptions, ViewProps } from "@/lib/value/page.ts";
import { gone } from "./run.ts";
import { type Session, sessionOf } from "./session.ts";
import { submitsOf } from "@/lib/value/submits.ts";
import { keepTyped } from "./wake.ts";

const inBrowser = typeof document !== "undefined";
const still: FieldStatus = { phase: "idle" };
const nothing = () => {};

/**
 * Puts a view behind a door: on the server it draws the field of the page's graph, in the browser it ties the same
 * view to the page's session.
 */
// deno-lint-ignore no-explicit-any -- a door takes any view: its props and value are checked when the field is declared
export function door(View: ComponentType<ViewProps<any, any>>): ComponentType<DoorProps> {
  return function Door({ page, id, class: classes }: DoorProps): ComponentChild {
    const state = page.fields[id];
    const ready = state && classes === undefined && drawn.get(state);
    if (ready) return ready();
    const session = inBrowser ? sessionOf(page) : undefined;
    const live = session?.enter(id);
    const props = live ? live.props.value : state?.props ?? {};
    if (session) {
      // deno-lint-ignore react-rules-of-hooks -- inBrowser never changes
      const [alive] = useState(() => keepTyped(id));
      // deno-lint-ignore react-rules-of-hooks -- inBrowser never changes
      useLayoutEffect(alive, []);
      // deno-lint-ignore react-rules-of-hooks -- inBrowser never changes
      useLayoutEffect(session.caret?.(id) ?? nothing);
    }
    if (props.visible === false) return null;
    const interactive = props.interactive as boolean | undefined ?? state?.interactive ?? true;
    return h(View, {
      id,
      props,
      value: live ? live.value.value : state?.value ?? null,
      first: state?.first ?? state?.value,
      interactive,
      status: live ? live.status.value : state?.status ?? still,
      class: classes,
      submits: submitsOf(page, id),
      set: interactive
        ? session ? (value: Json, draft?: boolean) => session.set(id, value, draft) : nothing
        : undefined,
      raise: session ? (event: string, detail?: Json) => session.raise(id, event, detail) : nothing,
      say: session ? (words: string) => session.say(words) : undefined,
      copy: session ? (text: string, button: HTMLElement) => session.copy(text, button) : undefined,
      upload: session ? uploader(session, id) : undefined,
    });
  };
}

type Picked = Blob & { name?: string };

function uploader(session: Session, id: string) {
  return (file: Picked | Promise<Picked>, options?: UploadOptions) =>
    session.awaits(
      id,
      import("./upload.ts").then(async ({ upload }) => upload(session, await file, options), (cause) => {
        throw new Error(gone.message, { cause });
      }),
    );
}
