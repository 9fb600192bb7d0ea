import { createRequire } from "node:module";
import type { marked } from "marked";

/** Text and the safe markup made from it: what a markdown field holds. */
export interface Rendered {
  readonly text: string;
  /** Markup from the sanitizer. */
  readonly html: string;
}

interface Tools {
  readonly parse: typeof marked.parse;
  readonly clean: (html: string, options: object) => string;
}

let tools: Tools | undefined;

// Both take a tenth of a second to load, which a server without Markdown need not wait for at its start. Fields are
// declared in one go, so this cannot be an import() that has to be awaited.
function load(): Tools {
  const require = createRequire(import.meta.url);
  return { parse: require("marked").marked.parse, clean: require("sanitize-html") };
}

const allowed = {
  allowedTags: [
    ..."h1 h2 h3 h4 h5 h6 p br hr blockquote ul ol li dl dt dd pre code kbd samp var em strong i b u s del ins"
      .split(" "),
    ..."sub sup small mark abbr q cite a img table thead tbody tfoot tr th td caption details summary span div"
      .split(" "),
  ],
  allowedAttributes: {
    a: ["href", "title", "rel", "target"],
    img: ["src", "alt", "title", "width", "height", "loading"],
    th: ["align", "colspan", "rowspan", "scope"],
    td: ["align", "colspan", "rowspan"],
    ol: ["start"],
    abbr: ["title"],
    details: ["open"],
  },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName: string, attribs: Record<string, string>) => ({
      tagName,
      attribs: { ...attribs, rel: "noopener noreferrer nofollow", target: "_blank" },
    }),
    img: (tagName: string, attribs: Record<string, string>) => ({
      tagName,
      attribs: { ...attribs, loading: "lazy" },
    }),
  },
};

/**
 * Makes safe markup of Markdown. Runs on the server only: the browser gets what comes out of the allow list of tags
 * and attributes, with http, https and mailto addresses.
 */
export function renderMarkdown(text: string): Rendered {
  if (text === "") return { text, html: "" };
  const { parse, clean } = tools ??= load();
  const raw = parse(dedent(text), { async: false, gfm: true }) as string;
  return { text, html: clean(raw, allowed) };
}

// Text in an indented template literal is prose, not a code block.
function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents, Infinity);
  return shared === 0 || shared === Infinity ? text : lines.map((line) => line.slice(shared)).join("\n");
}
