import { createRequire } from "node:module";
import type { marked } from "marked";
import { asText, safeHtml } from "./safe_html.ts";

/** Text and the safe markup made from it: what a markdown field holds. */
export interface Rendered {
  readonly text: string;
  /** Markup from {@linkcode safeHtml}. */
  readonly html: string;
}

/** Longer texts, in UTF-16 code units, are shown as they are written. */
const LONGEST = 150_000;

/** Longest paragraph. Emphasis takes time by the square of it: 1.4 s for "a**b" over 100,000 letters. */
const LONGEST_PARAGRAPH = 20_000;

let parse: typeof marked.parse | undefined;

/** Makes safe markup of Markdown, on the server only. What would take too long is shown as it is written. */
export function renderMarkdown(text: string): Rendered {
  if (text === "") return { text, html: "" };
  const prose = dedent(text);
  if (isCostly(prose)) return { text, html: asText(prose) };
  // See safe_html.ts for why this is no import().
  parse ??= (createRequire(import.meta.url)("marked") as { marked: typeof marked }).marked.parse;
  try {
    return { text, html: safeHtml(parse(prose, { async: false, gfm: true }) as string, prose) };
  } catch (error) {
    // Lists and quotes within each other, thousands deep, end the stack.
    if (error instanceof RangeError) return { text, html: asText(prose) };
    throw error;
  }
}

function isCostly(text: string): boolean {
  if (text.length > LONGEST) return true;
  return text.length > LONGEST_PARAGRAPH &&
    text.split(/\n\s*\n/).some(({ length }) => length > LONGEST_PARAGRAPH);
}

// Text in an indented template literal is prose, not a code block.
function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = indents.reduce((least, indent) => Math.min(least, indent), Infinity);
  return shared === 0 || shared === Infinity ? text : lines.map((line) => line.slice(shared)).join("\n");
}
