import { z } from "zod";
import { type Component, component, type PropsInput } from "@/lib/demo/component.ts";
import { renderMarkdown } from "@/lib/content/markdown.ts";
import type { Field } from "@/lib/value/field.ts";
import Markdown from "@/islands/Markdown.tsx";
import { MarkdownView } from "./view.tsx";

const shapeOf = (most: number) =>
  z.object({ text: z.string().max(most, { abort: true }), html: z.string().default("") });
const shape = shapeOf(1_000_000);
// What is longer is not shown as markup either.
const takenShape = shapeOf(150_000);

const declare = component({
  kind: "markdown",
  props: z.object({
    /** `copy` puts the text into the clipboard. Default none. */
    buttons: z.array(z.literal("copy")).default([]),
    value: z.object({ text: z.string(), html: z.string() }).optional(),
  }),
  // The markup is always made anew from the text: what a client or a store says of it does not count.
  wire: () => shape.overwrite(({ text }) => renderMarkdown(text)),
  // Handlers receive the text alone, and what a page has sent is never sent back.
  taken: () => takenShape.overwrite(({ text }) => ({ text, html: "" })),
  anew: true,
  empty: () => ({ text: "", html: "" }),
  events: { change: null, copy: z.object({ value: z.string() }) },
  input: false,
  view: MarkdownView,
  island: Markdown,
  decode: ({ text }) => text,
  encode: (text: string) => ({ text, html: "" }),
  form: () => ({ text: "", html: "" }),
  summary: ({ text }) => text.length > 60 ? `${text.slice(0, 57)}...` : text,
});

/** Options of {@linkcode markdown}. */
export interface MarkdownOptions {
  /** `copy` puts the text into the clipboard. Default none. */
  readonly buttons?: "copy"[] | undefined;
}

/** Declares a markdown. */
export interface DeclareMarkdown {
  /** Takes its first text, or all its options. */
  (
    given?: string | PropsInput<MarkdownOptions & { readonly value?: string | undefined }>,
  ): Field<
    string,
    string,
    "change" | "copy",
    PropsInput<MarkdownOptions>,
    { readonly copy: { value: string } }
  >;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * Prose in Markdown. Handlers receive and give the text; the server makes the markup and sanitizes it.
 * Raises `change`, and `copy` when its copy button was pressed.
 *
 * @example
 * ```ts
 * import { markdown } from "atoll";
 *
 * const intro = markdown("# Bird songs\nSend a recording of **at most 10 s**.");
 * ```
 */
export const markdown: DeclareMarkdown = Object.assign(
  (given: string | PropsInput<MarkdownOptions & { readonly value?: string | undefined }> = {}) => {
    const { value, ...rest } = typeof given === "string" ? { value: given } : given;
    return declare({ ...rest, value: { text: value ?? "", html: "" } });
  },
  { component: declare.component },
);
