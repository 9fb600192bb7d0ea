import { defineConfig } from "twind";
import autoprefix from "@twind/preset-autoprefix";
import tailwind from "@twind/preset-tailwind";
import { light } from "./tokens.ts";

const colors: Record<string, string> = {};
for (const name in light) colors[name] = `var(--${name})`;

/**
 * The meaning of utility classes: Tailwind's scales, with the tokens as colours (`bg-surface`, `text-soft`,
 * `border-line`), the system's fonts and one radius. Colours change with the theme by themselves: no `dark:` is needed.
 */
export const theme = defineConfig({
  presets: [autoprefix(), tailwind({ disablePreflight: true })],
  hash: false,
  theme: {
    extend: {
      colors,
      borderColor: { DEFAULT: "var(--line)" },
      borderRadius: { DEFAULT: "var(--radius)" },
      fontFamily: { sans: "var(--sans)", mono: "var(--mono)" },
      boxShadow: { DEFAULT: "0 1px 2px var(--shade)", lg: "0 8px 24px var(--shade)" },
    },
  },
});
