import { z } from "zod";
import { safeHtml } from "@/lib/content/safe_html.ts";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import Html from "@/islands/Html.tsx";
import { HtmlView } from "./view.tsx";

const shapeOf = (most: number) =>
  z.object({ html: z.string().max(most, { abort: true }), active: z.boolean().default(false) });
const wireShape = shapeOf(1_000_000);
// It is made safe while others wait.
const takenShape = shapeOf(50_000);

const active = ({ html }: { readonly html: string }) => ({ html, active: true });
const safe = ({ html }: { readonly html: string }) => ({ html: safeHtml(html), active: false });

const declare = component({
  kind: "html",
  props: z.object({
    sandbox: z.boolean().default(false),
    size: z.enum(["sm", "md", "lg"]).default("md"),
    value: wireShape.optional(),
  }),
  // Whether markup is active travels with it: a field that stops being a sandbox shows what it holds in the frame still.
  wire: ({ sandbox }) => wireShape.overwrite(sandbox ? active : safe),
  taken: ({ sandbox }) => sandbox ? wireShape.overwrite(active) : takenShape.overwrite(safe),
  anew: true,
  empty: () => ({ html: "", active: false }),
  events: { change: null },
  input: false,
  alive: ({ sandbox }) => sandbox,
  view: HtmlView,
  island: Html,
  decode: ({ html }) => html,
  encode: (html: string) => ({ html, active: false }),
  form: () => ({ html: "" }),
  summary: ({ html }) => {
    // Of many "<" without an end each is looked for to the end of the text.
    const text = html.slice(0, 1000).replace(/<[^>]*>/g, "").trim();
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  },
});

/** The props of an {@linkcode html} that `update()` may change, besides its value. */
export interface HtmlProps {
  /** Whether markup is active: with styles and scripts, in a frame outside the site. Default false. */
  readonly sandbox?: boolean | undefined;
  /** Height of that frame: 160, 256 or 448 pixels. Default `md`. */
  readonly size?: "sm" | "md" | "lg" | undefined;
}

/** Options of {@linkcode html}. */
export interface HtmlOptions extends HtmlProps {
  /** Markup at the start. */
  readonly value?: string | undefined;
}

/** Declares an html. */
export interface DeclareHtml {
  /** Takes its first markup, or all its options. */
  (given?: string | PropsInput<HtmlOptions>): Field<string, string, "change", PropsInput<HtmlProps>>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * Markup. Handlers receive and give it; the server sanitizes it. A handler may give 1,000,000 characters, a page
 * may send 50,000, except with a sandbox. With `sandbox` the markup stays as it is, in a frame that reaches neither
 * the page nor the network. Raises `change`.
 *
 * @example
 * ```ts
 * import { html } from "atoll";
 *
 * const report = html({ label: "Report", value: "<h2>All <em>well</em></h2>" });
 * ```
 */
export const html: DeclareHtml = Object.assign(
  (given: string | PropsInput<HtmlOptions> = {}) => {
    const { value = "", ...rest } = typeof given === "string" ? { value: given } : given;
    return declare({ ...rest, value: { html: value } });
  },
  { component: declare.component },
);
