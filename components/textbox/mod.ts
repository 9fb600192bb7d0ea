import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import Textbox from "@/islands/Textbox.tsx";
import { TextboxView } from "./view.tsx";

const PURPOSE = { text: undefined, email: "email", password: "current-password" };

/**
 * Text of one line or several. Raises `input` and `change` while typing, `submit` on Enter (Shift+Enter in several
 * lines), `focus`, `blur`, and `copy` when its copy button was pressed.
 *
 * @example
 * ```ts
 * import { textbox } from "atoll";
 *
 * const poem = textbox({ label: "Poem", lines: 4, placeholder: "Two roads diverged ..." });
 * ```
 */
export const textbox = component({
  kind: "textbox",
  props: z.object({
    /** Rows shown, 1 or more. One row is a single-line input. */
    lines: z.number().int().min(1).max(100).default(1),
    /** Rows it may grow to. Default: 20 for several lines and for text that is only shown, else 1. */
    maxLines: z.number().int().min(1).max(100).optional(),
    /** `password` and `email` have one line. */
    type: z.enum(["text", "password", "email"]).default("text"),
    /** Text of the empty box. */
    placeholder: z.string().optional(),
    /** Longest text accepted: Unicode characters on the server, UTF-16 code units in the browser. */
    maxLength: z.number().int().positive().default(1_000_000),
    /**
     * The purpose of the text for a browser that fills it in, as in HTML's `autocomplete`. Default: `email` for an
     * address, `current-password` for a password.
     */
    autocomplete: z.string().optional(),
    /** Whether an empty box is refused. Default `false`. */
    required: z.boolean().optional(),
    /** Whether the page opens with the cursor in it. */
    autofocus: z.boolean().optional(),
    /** Whether the text runs from right to left. */
    rtl: z.boolean().optional(),
    /** `copy` puts the text into the clipboard. Default none. */
    buttons: z.array(z.literal("copy")).default([]),
    /** Text at the start. Default `""`. */
    value: z.string().optional(),
  }).overwrite((props) => ({ autocomplete: PURPOSE[props.type], ...props })),
  wire: ({ maxLength }) => z.string().overwrite(withLineFeeds).max(maxLength),
  // Handlers may empty a box that a person must fill.
  taken: ({ maxLength, required, type }) => {
    const text = z.string().overwrite(withLineFeeds).min(required ? 1 : 0).max(maxLength);
    return type === "email" ? text.refine(isAddress, "must be an e-mail address") : text;
  },
  empty: () => "",
  events: {
    change: null,
    input: null,
    submit: null,
    focus: null,
    blur: null,
    copy: z.object({ value: z.string() }),
  },
  view: TextboxView,
  island: Textbox,
});

// What a browser's box takes for an address, or an empty box.
const ADDRESS =
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;

function isAddress(text: string): boolean {
  return text === "" || ADDRESS.test(text.trim());
}

// A line ends as in a textarea of a browser, whoever wrote it: with script, without, a program or a handler.
function withLineFeeds(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}
