import { createRequire } from "node:module";
import type sanitize from "sanitize-html";
import { linkAddress, pictureAddress } from "./address.ts";

/** Deeper nested elements are shown as text: browsers build trees of any depth, at any cost. */
const DEEPEST = 100;

/** Longer markup is shown as text, so that nobody waits for it. In UTF-16 code units. */
const LONGEST = 500_000;

/** Markup of more pieces is shown as text, too: tags, attributes, and letters that are written as an entity. */
const MOST_PIECES = 50_000;

/** The addresses of these are read: they count as so many pieces. */
const PIECES_OF: Readonly<Record<string, number>> = { a: 10, img: 10 };

let clean: typeof sanitize | undefined;
let depth = 0;
let left = 0;
/** Whether tables may have a caption, which is their name then. */
let captioned = false;

/**
 * Makes markup safe that is not ours. All shown markup passes through here, with the one list below. It runs on the
 * server only, so browsers get sanitized markup. A tag that is not on the list leaves its text. Tags whose text is
 * not prose leave nothing.
 *
 * @param instead The text in place of markup that is too deep, too long, or has too many pieces. Default: the markup.
 */
export function safeHtml(html: string, instead: string = html): string {
  if (!/[<&>]/.test(html)) return html;
  if (html.length > LONGEST || hasMorePieces(html)) return asText(instead);
  // Loading takes a tenth of a second, which a server without markup need not wait for at its start. Fields are
  // declared in one go, so this cannot be an import() that has to be awaited.
  clean ??= createRequire(import.meta.url)("sanitize-html") as typeof sanitize;
  try {
    depth = 0;
    left = MOST_PIECES;
    captioned = /<caption/i.test(html);
    return clean(html, allowed);
  } catch (error) {
    if (error instanceof TooMuch) return asText(instead);
    throw error;
  }
}

/** Text as markup that shows it as it is written. */
export function asText(text: string): string {
  return `<pre tabindex="0" role="group" aria-label="Text">\n${
    text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
  }</pre>`;
}

class TooMuch extends Error {}

// Counted before parsing: text that is neither a tag nor an entity costs as much.
function hasMorePieces(html: string): boolean {
  let pieces = 0;
  for (const sign of "<&") {
    for (let at = html.indexOf(sign); at !== -1; at = html.indexOf(sign, at + 1)) {
      if (++pieces > MOST_PIECES) return true;
    }
  }
  return false;
}

const words = (text: string) => text.split(" ");

const allowed: sanitize.IOptions = deepFreeze({
  allowedTags: [
    ...words(
      "h1 h2 h3 h4 h5 h6 p br hr wbr blockquote ul ol li dl dt dd pre code kbd samp var em strong i b u s",
    ),
    ...words("del ins sub sup small mark abbr q cite dfn time bdi bdo ruby rt rp a img figure figcaption"),
    ...words(
      "table caption colgroup col thead tbody tfoot tr th td details summary section article div span",
    ),
  ],
  allowedAttributes: {
    "*": ["title", "lang", "dir"],
    a: ["href", "rel", "target"],
    // These are ours: what is wider than its column scrolls, so the keyboard has to reach it, and it needs a name.
    pre: ["tabindex", "role", "aria-label"],
    table: ["tabindex", "aria-label"],
    img: ["src", "alt", "width", "height", "loading"],
    th: ["align", "colspan", "rowspan", "scope"],
    td: ["align", "colspan", "rowspan"],
    col: ["span"],
    colgroup: ["span"],
    ol: ["start"],
    time: ["datetime"],
    details: ["open"],
  },
  // Names and ids are not on the list: an element that has one is a property of the document and of its forms.
  // Styles and classes are not either: with them content could look like a part of the page around it.
  nonTextTags: words(
    "script style textarea select option xmp noscript noembed noframes iframe object svg math template title plaintext",
  ),
  disallowedTagsMode: "discard",
  // Both transformations below look at addresses as browsers do, and more closely.
  allowedSchemes: ["http", "https", "mailto", "data"],
  allowedSchemesByTag: { a: ["http", "https", "mailto"] },
  allowProtocolRelative: false,
  allowedClasses: {},
  allowedStyles: {},
  // Said here, so that nothing that was added to the prototype of all objects is taken for it.
  textFilter: undefined,
  exclusiveFilter: undefined,
  allowVulnerableTags: false,
  transformTags: { a: link, img: picture, pre: code, table },
  onOpenTag: (name: string, attributes: sanitize.Attributes) => {
    left -= Object.hasOwn(PIECES_OF, name) ? PIECES_OF[name] as number : 1;
    for (const _ in attributes) left--;
    if (++depth > DEEPEST || left < 0) throw new TooMuch();
  },
  onCloseTag: () => {
    depth--;
  },
});

function link(
  _tag: string,
  { href, rel: _rel, target: _target, ...rest }: sanitize.Attributes,
): sanitize.Tag {
  const address = href === undefined ? undefined : linkAddress(href);
  if (address === undefined) return { tagName: "a", attribs: rest };
  return { tagName: "a", attribs: { href: address, ...isAway(address) ? away : {}, ...rest } };
}

function code(
  _tag: string,
  { tabindex: _, role: _role, "aria-label": label, ...rest }: sanitize.Attributes,
): sanitize.Tag {
  const name = label === "Text" ? label : "Code";
  return { tagName: "pre", attribs: { ...rest, tabindex: "0", role: "group", "aria-label": name } };
}

function table(
  _tag: string,
  { tabindex: _, "aria-label": _label, ...rest }: sanitize.Attributes,
): sanitize.Tag {
  return {
    tagName: "table",
    attribs: { ...rest, tabindex: "0", ...captioned ? {} : { "aria-label": "Table" } },
  };
}

// A picture of another site would tell that site who reads this, and when. A link tells it nothing until it is pressed.
function picture(_tag: string, { src = "", loading: _loading, ...rest }: sanitize.Attributes): sanitize.Tag {
  const here = pictureAddress(src);
  if (here) return { tagName: "img", attribs: { src: here, loading: "lazy", ...rest } };
  const there = linkAddress(src);
  if (!there) return { tagName: "span", attribs: {}, text: rest.alt ?? "" };
  return { tagName: "a", attribs: { href: there, ...isAway(there) ? away : {} }, text: rest.alt || there };
}

/** Pages of this site stay in their tab, and a mail opens none. */
function isAway(address: string): boolean {
  return /^https?:/i.test(address);
}

const away = { rel: "noopener noreferrer nofollow", target: "_blank" };

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
