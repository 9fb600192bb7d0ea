import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import Textbox from "@/islands/Textbox.tsx";
import { TextboxView } from "./view.tsx";

/** Text of one line or several. Raises `input` and `change` while typing, `submit` on Enter. */
export const textbox = component({
  kind: "textbox",
  props: z.object({
    /** Rows shown, 1 or more. One row is a single-line input. */
    lines: z.number().int().min(1).max(100).default(1),
    type: z.enum(["text", "password", "email"]).default("text"),
    placeholder: z.string().optional(),
    /** Longest text accepted, in UTF-16 code units. */
    maxLength: z.number().int().positive().default(1_000_000),
    value: z.string().optional(),
  }),
  wire: ({ maxLength }) => z.string().max(maxLength),
  empty: () => "",
  events: ["change", "input", "submit", "focus", "blur"],
  view: TextboxView,
  island: Textbox,
});
