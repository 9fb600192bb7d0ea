import { createRequire } from "node:module";
import type { Marked } from "marked";
import { asText, safeHtml } from "./safe_html.ts";

/** Text and the safe markup made from it: what a markdown field holds. */
export interface Rendered {
  readonly text: string;
  /** Markup from {@linkcode safeHtml}. */
  readonly html: string;
}

/** Longer texts, in UTF-16 code units, are shown as they are written. */
const LONGEST = 150_000;

/** Longest paragraph: what it takes to look for the end of one thing grows with all that follows it there. */
const LONGEST_PARAGRAPH = 20_000;

/** How much work one text may take. A step is about 0.1 microseconds; a page of prose takes a few thousand. */
const MOST_STEPS = 300_000;

/** Most levels of lists and quotes of all lines together, two spaces counted as one: each level is parsed again. */
const MOST_LEVELS = 15_000;
/** Deeper ones on one line are shown as text anyway. */
const DEEPEST = 100;

/** The steps to find one thing, such as a paragraph or a bold word. */
const STEPS_PER_THING = 20;
/** So many letters that follow in the same paragraph take one step more: each kind of thing is looked for in them. */
const LETTERS_PER_STEP = 64;

/** So many of the lines that follow without an empty one, where a paragraph or a heading is looked for. */
const LETTERS_PER_BLOCK_STEP = 16;

class TooMuch extends Error {}

let parse: ((text: string) => string) | undefined;
let left = 0;

/** Makes safe markup of Markdown, on the server only. Text that would take too long is shown as written. */
export function renderMarkdown(text: string): Rendered {
  if (text === "") return { text, html: "" };
  const prose = dedent(text);
  if (isCostly(prose)) return { text, html: asText(prose) };
  parse ??= makeParser();
  left = MOST_STEPS;
  try {
    return { text, html: safeHtml(parse(prose), prose) };
  } catch (error) {
    // Lists and quotes within each other, thousands deep, end the stack.
    if (error instanceof TooMuch || error instanceof RangeError) return { text, html: asText(prose) };
    throw error;
  }
}

function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new TooMuch();
}

// Counted, not timed: the same text is shown in the same way on every machine.
function makeParser(): (text: string) => string {
  // See safe_html.ts for why this is not an import().
  const library = createRequire(import.meta.url)("marked") as { Marked: typeof Marked };
  const marked = new library.Marked({ async: false, gfm: true });
  // Each of these says `false`: the parser goes on as it would without them.
  marked.use({
    // Controls are not taken from content: the tick is text.
    renderer: { checkbox: ({ checked }) => checked ? "\u2611 " : "\u2610 " },
    tokenizer: {
      // The first that is asked for each thing that stands by itself.
      space() {
        spend(STEPS_PER_THING);
        return false;
      },
      // The first that is asked for what begins like a paragraph; all that follows in it is looked at.
      lheading(src) {
        const end = src.indexOf("\n\n");
        spend((end === -1 ? src.length : end) / LETTERS_PER_BLOCK_STEP);
        return false;
      },
      // The first that is asked for each thing within a paragraph.
      escape(src) {
        spend(STEPS_PER_THING + src.length / LETTERS_PER_STEP);
        return false;
      },
      // Without an end, every mark that follows is looked at.
      emStrong(src) {
        if (src[0] === "*" || src[0] === "_") spend(marksIn(src));
        return false;
      },
    },
  });
  return (text) => marked.parse(text) as string;
}

function marksIn(text: string): number {
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === STAR || code === UNDERSCORE) marks++;
  }
  return marks;
}

const STAR = 42;
const UNDERSCORE = 95;

function isCostly(text: string): boolean {
  if (text.length > LONGEST || hasManyLevels(text)) return true;
  return text.length > LONGEST_PARAGRAPH &&
    text.split(/\n\s*\n/).some(({ length }) => length > LONGEST_PARAGRAPH);
}

function hasManyLevels(text: string): boolean {
  let all = 0;
  for (let at = 0; at < text.length; at++) {
    let spaces = 0;
    let levels = 0;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) spaces++;
      else if (code === QUOTE || BULLETS.has(code) && text.charCodeAt(at + 1) === SPACE) levels++;
      else break;
    }
    all += levels + spaces / 2;
    if (levels > DEEPEST || all > MOST_LEVELS) return true;
    at = text.indexOf("\n", at);
    if (at === -1) return false;
  }
  return false;
}

const SPACE = 32;
const QUOTE = 62;
const BULLETS = new Set([42, 43, 45]);

// Text in an indented template literal is prose, not a code block.
function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = indents.reduce((least, indent) => Math.min(least, indent), Infinity);
  return shared === 0 || shared === Infinity ? text : lines.map((line) => line.slice(shared)).join("\n");
}
