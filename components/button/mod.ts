import { z } from "zod";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import Button from "@/islands/Button.tsx";
import { ButtonView } from "./view.tsx";

/** A URL that a link or a picture may have: a path on this site, http, https or mailto. */
const address = z.string().regex(
  /^(https?:\/\/|mailto:|\/(?![/\\])|\.{1,2}\/|[#?])/i,
  "expected a path, http, https or mailto",
);

/** A URL of a picture on this site, or `data:`. Another site would learn who sees the button, and when. */
const picture = z.string().regex(
  /^(?:\/(?![/\\])|\.{1,2}\/)[^\s\\]*$|^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i,
  "expected a path on this site or a picture in a data: address",
);

const declare = component({
  kind: "button",
  props: z.object({
    variant: z.enum(["primary", "secondary", "stop"]).default("secondary"),
    size: z.enum(["sm", "md", "lg"]).default("md"),
    /** URL of a small picture before the label. */
    icon: picture.optional(),
    /** Makes it a link to this URL. */
    link: address.optional(),
    /** Whether the link opens in a new tab. */
    newTab: z.boolean().optional(),
    value: z.string().optional(),
  }),
  wire: () => z.string().max(1000),
  empty: () => "",
  events: { click: null, change: null },
  input: false,
  view: ButtonView,
  island: Button,
});

/** Options of {@linkcode button}. */
export interface ButtonOptions {
  /** Its emphasis. Default `secondary`. */
  readonly variant?: "primary" | "secondary" | "stop" | undefined;
  /** Default `md`. */
  readonly size?: "sm" | "md" | "lg" | undefined;
  /** URL of a small picture before the label: a path on this site, or `data:`. */
  readonly icon?: string | undefined;
  /** Makes it a link to this URL: a path, http, https or mailto. */
  readonly link?: string | undefined;
  /** Whether the link opens in a new tab. */
  readonly newTab?: boolean | undefined;
}

/** Declares a button. */
export interface DeclareButton {
  /** Takes its label, or all its options. */
  (
    labelOrOptions: string | PropsInput<ButtonOptions>,
  ): Field<string, string, "click" | "change", PropsInput<ButtonOptions>>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * A button. Its value is its label, so a handler can change the label. Raises `click`.
 *
 * @example
 * ```ts
 * import { button } from "atoll";
 *
 * const go = button("Blur");
 * const remove = button({ label: "Remove all", variant: "stop", size: "sm" });
 * ```
 */
export const button: DeclareButton = Object.assign(
  (labelOrOptions: string | PropsInput<ButtonOptions>) => {
    const { label, ...rest } = typeof labelOrOptions === "string"
      ? { label: labelOrOptions }
      : labelOrOptions;
    return declare({ ...rest, value: label ?? "" });
  },
  { component: declare.component },
);
