// Two addresses that a page may have. A URL that leads to this site from both leads to it from any page. That
// excludes "//x", "/\x" and "http:x", which are a path on some
// pages and another host on others.
const PAGES = ["http://page.invalid/a/b", "https://page.invalid/a/b"] as const;

const DATA_PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]*={0,2}$/;

/**
 * An address that a link of content may lead to: on this site, http, https or mailto. It is read as browsers do, so
 * spaces and control characters hide nothing. `undefined` for all others.
 */
export function linkAddress(written: string): string | undefined {
  const address = clean(written);
  if (staysHere(address)) return address;
  const url = URL.parse(address);
  return url && ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}

/**
 * An address that a picture of content may be loaded from without asking another site; `undefined` for all others.
 */
export function pictureAddress(written: string): string | undefined {
  const address = clean(written);
  return staysHere(address) || DATA_PICTURE.test(address) ? address : undefined;
}

function staysHere(address: string): boolean {
  return PAGES.every((page) => URL.parse(address, page)?.origin === new URL(page).origin);
}

// Characters that browsers remove from a URL before they parse it.
function clean(written: string): string {
  const text = written.replace(/[\t\n\r]/g, "");
  // Not by a pattern: a pattern for the end is quadratic in each run of spaces, 9 s for 100,000 of them.
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= SPACE) from++;
  while (to > from && text.charCodeAt(to - 1) <= SPACE) to--;
  return text.slice(from, to);
}

const SPACE = 0x20;
