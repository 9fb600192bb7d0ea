import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { classes } from "@/components/ui/classes.ts";

/** What the view of a button reads of its props. */
export interface ButtonProps {
  readonly variant: "primary" | "secondary" | "stop";
  readonly size: "sm" | "md" | "lg";
  readonly icon?: string | undefined;
  readonly link?: string | undefined;
  readonly newTab?: boolean | undefined;
}

/** A button, or a link that looks like one. */
export function ButtonView(
  { id, props, value, submits, class: more, raise }: ViewProps<ButtonProps, string>,
):
  | VNode
  | null {
  if (props.visible === false) return null;
  const off = props.interactive === false;
  const shared = {
    id,
    class: classes("at-btn", more),
    hidden: props.visible === "hidden",
    "data-field": id,
    "data-variant": props.variant,
    "data-size": props.size,
    onClick: (event: Event) => {
      if (!props.link) event.preventDefault();
      raise?.("click");
    },
  };
  const inside = [
    props.icon && <img key="icon" class="at-icon" src={props.icon} alt="" />,
    <span key="label">{props.label ?? value}</span>,
  ];
  return props.link
    ? (
      <a
        {...shared}
        href={off ? undefined : props.link}
        role={off ? "link" : undefined}
        aria-disabled={off ? "true" : undefined}
        target={props.newTab ? "_blank" : undefined}
        rel={props.newTab ? "noopener noreferrer" : undefined}
      >
        {inside}
      </a>
    )
    : (
      <button {...shared} type={submits ? "submit" : "button"} name={submits} disabled={off}>
        {inside}
      </button>
    );
}
