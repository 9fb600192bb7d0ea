import { h, type VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { classes } from "@/components/ui/classes.ts";
import { aria, errorOf, infoOf } from "@/components/ui/frame.tsx";

/** What the view of a button reads of its props. */
export interface ButtonProps {
  readonly variant: "primary" | "secondary" | "stop";
  readonly size: "sm" | "md" | "lg";
  readonly icon?: string | undefined;
  readonly link?: string | undefined;
  readonly newTab?: boolean | undefined;
}

/** A button, or a link that looks like one. While what it starts is running, it says so and stays pressable. */
export function ButtonView(view: ViewProps<ButtonProps, string>): VNode | null {
  const { id, props, value, status, submits, class: more, raise } = view;
  const { visible, variant, icon, link, newTab } = props;
  if (visible === false) return null;
  const off = props.interactive === false;
  // A button that only stops stays where it is, and keeps the focus, while there is nothing to stop.
  const rests = variant === "stop" && status.off;
  const own = link
    ? {
      href: off ? undefined : link,
      role: off ? "link" : undefined,
      target: newTab ? "_blank" : undefined,
      rel: newTab ? "noopener noreferrer" : undefined,
    }
    : { type: submits ? "submit" : "button", name: submits, disabled: off };
  return (
    <div class={classes("at-act", more)} data-field={id} hidden={visible === "hidden"}>
      {h(
        link ? "a" : "button",
        {
          ...own,
          id,
          class: "at-btn",
          "aria-busy": status.phase === "running" ? "true" : undefined,
          "aria-describedby": aria(view)["aria-describedby"],
          "aria-disabled": link && off || rests ? "true" : undefined,
          "data-variant": variant,
          "data-size": props.size,
          onClick: (event: Event) => {
            if (!link) event.preventDefault();
            if (!rests && !off) raise?.("click");
          },
        },
        icon && <img class="at-icon" src={icon} alt="" />,
        <span>{props.label ?? value}</span>,
      )}
      {infoOf(view)}
      {errorOf(view)}
    </div>
  );
}
