import type { ComponentChildren, VNode } from "preact";
import type { CommonProps, FieldStatus } from "@/lib/value/page.ts";
import { firstWords } from "@/lib/value/first_words.ts";
import { classes } from "./classes.ts";

/** The name of a field for people: its label, or its key in words. */
export const { nameOf } = firstWords;

/** What a frame reads of its view's props. */
export interface Framed {
  readonly id: string;
  readonly props: CommonProps & { readonly required?: boolean | undefined };
  readonly status: FieldStatus;
  readonly interactive: boolean;
  readonly class?: string | undefined;
}

/** What a {@linkcode Frame} is given. */
export interface FrameProps {
  /** The props of the view, as they are. */
  readonly view: Framed;
  /** Set when the control is no form control: the field is a named group instead of a label and its control. */
  readonly group?: boolean;
  /** Stands in place of the label: a control that carries its own. */
  readonly caption?: VNode;
  /** Icon buttons beside the label. */
  readonly tools?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/**
 * The outer element of a field: label, help, the control, what the action is doing and what went wrong.
 * Queue place and progress are shown where they move nothing. The page says them, and errors, by its live region: see
 * `lib/client/announce.ts`.
 */
export function Frame({ view, group, caption, tools, children }: FrameProps): VNode | null {
  const { id, props, status } = view;
  const { phase, message, progress, position } = status;
  if (props.visible === false) return null;
  const failed = phase === "failed";
  const busy = phase === "queued" || phase === "running";
  const asked = isAsked(view) && " (required)";
  const hide = props.showLabel === false ? "sr" : undefined;
  return (
    <div
      class={classes("at-field", view.class)}
      data-field={id}
      hidden={props.visible === "hidden"}
      role={group ? "group" : undefined}
      aria-labelledby={group ? id + "-label" : undefined}
      aria-describedby={group ? aria(view)["aria-describedby"] : undefined}
    >
      <div class="at-cap">
        {caption ?? (group
          ? <span id={id + "-label"} class={hide}>{nameOf(view)}{asked}</span>
          : <label for={id} class={hide}>{nameOf(view)}{asked}</label>)}
        {busy && (
          <span class="at-note">
            {[
              position && firstWords.place(position),
              progress !== undefined && firstWords.percent(progress),
              message,
            ]
              .filter(Boolean).join(" · ")}
          </span>
        )}
        {tools}
      </div>
      {infoOf(view)}
      <div
        class="at-slot"
        aria-busy={busy ? "true" : undefined}
        data-stale={!view.interactive && (status.stale || failed) ? "" : undefined}
      >
        {children}
        {busy && <progress class="at-bar" value={progress} aria-label={firstWords.working} />}
      </div>
      {errorOf(view)}
    </div>
  );
}

/** The help of a field, to be read before its control. */
export function infoOf({ id, props }: Framed): ComponentChildren {
  return props.info && <p id={id + "-info"} class="at-info">{props.info}</p>;
}

/** What went wrong with a field. */
export function errorOf({ id, status: { phase, message } }: Framed): ComponentChildren {
  return phase === "failed" && <p id={id + "-error"} class="at-error">{message}</p>;
}

function isAsked({ props, interactive }: Framed): boolean | undefined {
  return interactive && props.required;
}

/** Ties a control to the help and the error of its frame, and says whether it must be filled. */
export function aria(view: Framed): {
  "aria-required"?: "true" | undefined;
  "aria-invalid"?: "true" | undefined;
  "aria-describedby"?: string | undefined;
} {
  const { id, props, status } = view;
  const failed = status.phase === "failed";
  return {
    "aria-required": isAsked(view) ? "true" : undefined,
    "aria-invalid": failed ? "true" : undefined,
    "aria-describedby": [props.info && id + "-info", failed && id + "-error"].filter(Boolean).join(" ") ||
      undefined,
  };
}
