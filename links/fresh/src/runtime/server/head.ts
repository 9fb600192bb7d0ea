// One element of a head: quoted attribute values may contain ">"
const ELEMENT =
  /<(title|meta|link|style|script|base|noscript|template)\b((?:"[^"]*"|[^">])*)>(?:([\s\S]*?)<\/\1>)?/g;
const VOID = /^(?:meta|link|base)$/;
const META_KEYS = /\s(?:name|property|http-equiv|itemprop)="([^"]*)"/;

/** Puts what pages gave to `<Head>` into the head of the document. A title or meta takes the place of the one before it. */
export function mergeHead(html: string, additions: string): string {
  const start = html.indexOf("<head");
  const end = html.indexOf("</head>", start);
  if (start === -1 || end === -1) return html;
  let head = html.slice(start, end);
  for (const [text, key] of elementsOf(additions)) {
    const before = key === null ? undefined : elementsOf(head).find(([, other]) => other === key);
    if (before === undefined) head += text;
    // A function, since "$" in the text would be read as a pattern
    else head = head.replace(before[0], () => text);
  }
  return html.slice(0, start) + head + html.slice(end);
}

function elementsOf(html: string): [text: string, key: string | null][] {
  return Array.from(
    html.matchAll(ELEMENT),
    ([text, type = "", attributes = ""]): [string, string | null] => {
      // The pattern takes the text up to a closing tag, which these elements do not have
      const own = VOID.test(type) ? text.slice(0, type.length + attributes.length + 2) : text;
      return [own, keyOf(type, attributes)];
    },
  );
}

function keyOf(type: string, attributes: string): string | null {
  if (type === "title" || type === "base") return type;
  if (type !== "meta") return null;
  if (/\scharset=/.test(attributes)) return "charset";
  return META_KEYS.exec(attributes)?.[0].trim() ?? null;
}
