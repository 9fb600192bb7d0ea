/** The colours of a theme; every value is a CSS colour. */
export interface Colours {
  /** The page. */
  readonly bg: string;
  /** Controls and cards. */
  readonly surface: string;
  /** Wells: read-only text, tracks, code. */
  readonly sunk: string;
  /** Lines that only divide. */
  readonly line: string;
  /** Edges of controls: at least 3:1 against `bg`, `surface` and `sunk`. */
  readonly edge: string;
  /** Text: at least 7:1 against `bg`, `surface` and `sunk`. */
  readonly text: string;
  /** Text beside the point: at least 4.5:1 against `bg`, `surface` and `sunk`. */
  readonly soft: string;
  /** The one accent: filled buttons, focus, what is chosen. At least 4.5:1 against `bg`, `surface` and `sunk`. */
  readonly accent: string;
  /** `accent` under the pointer. */
  readonly strong: string;
  /** Text on `accent` and `strong`: at least 4.5:1. */
  readonly on: string;
  /** `accent` as a background for text. */
  readonly tint: string;
  /** Success. */
  readonly ok: string;
  /** A warning. */
  readonly warn: string;
  /** Errors, and buttons that stop something. */
  readonly bad: string;
  /** `bad` as a background for text. */
  readonly blush: string;
  /** Shadows. */
  readonly shade: string;
}

/** The colours by day. */
export const light: Colours = {
  bg: "#f8fafa",
  surface: "#fff",
  sunk: "#eff3f4",
  line: "#dde4e6",
  edge: "#7f8d94",
  text: "#10181b",
  soft: "#526068",
  accent: "#0b6e7a",
  strong: "#085660",
  on: "#fff",
  tint: "#dcf1f3",
  ok: "#146c43",
  warn: "#865300",
  bad: "#bd2330",
  blush: "#fdebec",
  shade: "#10282e1f",
};

/** The colours by night. */
export const dark: Colours = {
  bg: "#0c1012",
  surface: "#13191c",
  sunk: "#1a2226",
  line: "#28333a",
  edge: "#6b7c86",
  text: "#e8eef0",
  soft: "#9dabb2",
  accent: "#4dc3cf",
  strong: "#7bd9e2",
  on: "#03262b",
  tint: "#113238",
  ok: "#4cc38a",
  warn: "#efb04a",
  bad: "#ff8b87",
  blush: "#391a1c",
  shade: "#0009",
};

// Systems are named before `system-ui`: some Linux systems have nothing better behind that name than DejaVu.
const SANS =
  '-apple-system,"Segoe UI",Roboto,Inter,Ubuntu,Cantarell,"Noto Sans","Liberation Sans",system-ui,sans-serif';
const MONO =
  'ui-monospace,"SF Mono",Menlo,Consolas,"Cascadia Mono","Ubuntu Mono","Noto Sans Mono","Liberation Mono",monospace';

/**
 * The tokens as CSS: light by default and on paper, dark when the system asks for it; `data-theme` on the root element
 * decides.
 */
export function tokensCss(day: Colours = light, night: Colours = dark): string {
  const dark = `color-scheme:dark;${declare(night)}`;
  return `:root{color-scheme:light;${declare(day)}` +
    `--sans:${SANS};--mono:${MONO};--radius:6px}` +
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}` +
    `@media screen{[data-theme=dark]{${dark}}}`;
}

function declare(colours: Colours): string {
  return Object.entries(colours).map(([name, value]) => `--${name}:${value};`).join("");
}
