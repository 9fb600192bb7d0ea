/** How many of the first bytes {@linkcode sniff} wants to see. */
export const SNIFF_BYTES = 4100;

// Formats that are text themselves. A text that merely begins like some binary format ("BM", "MZ", "II*") is text.
const TEXTUAL = /^(?:text\/.+|application\/(?:pdf|rtf|xml|postscript|eps|.+\+xml)|model\/stl)$/;
const HTML =
  /^<(?:!doctype html|html|head|body|script|iframe|style|title|meta|link|base|form|object|embed|table|div|font|h1|img|br|a|b|p)(?=[\s/>]|$)/i;

/**
 * The media type of bytes by their first {@linkcode SNIFF_BYTES}: never by a name or by what a client says.
 * UTF-8 text is `text/plain` unless it begins as HTML or SVG; what is not known is `application/octet-stream`.
 */
export async function sniff(head: Uint8Array): Promise<string> {
  const text = readText(head);
  if (head.length === 0) return "application/octet-stream";
  // Loaded with the first file, not at the start of the server: it takes a tenth of a second.
  const { fileTypeFromBuffer } = await import("file-type");
  const known = (await fileTypeFromBuffer(head))?.mime.replace(/;.*$/, "").trim();
  if (text === undefined) return known ?? "application/octet-stream";
  const start = afterProlog(text);
  if (/^<svg(?=[\s/>]|$)/i.test(start)) return "image/svg+xml";
  if (HTML.test(start)) return "text/html";
  if (known !== undefined && TEXTUAL.test(known)) return known;
  return text.trimStart().startsWith("<!--") ? "text/html" : "text/plain";
}

/** The head as text, `undefined` when it is none. The last character may be cut. */
function readText(head: Uint8Array): string | undefined {
  // deno-lint-ignore no-control-regex
  const binary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, {
      stream: head.length >= SNIFF_BYTES,
    });
    return binary.test(text) ? undefined : text;
  } catch {
    // Not UTF-8: that is the answer, not a failure.
    return undefined;
  }
}

/** The rest after white space, comments, an XML declaration and a document type other than HTML. */
function afterProlog(text: string): string {
  let at = 0;
  while (at < text.length) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const close = text.startsWith("<!--", at)
      ? "-->"
      : text.startsWith("<?", at)
      ? "?>"
      : /^<!doctype(?!\s+html)/i.test(text.slice(at, at + 32))
      ? ">"
      : undefined;
    if (close === undefined) break;
    const end = text.indexOf(close, at);
    if (end < 0) return "";
    at = end + close.length;
  }
  return text.slice(at);
}
