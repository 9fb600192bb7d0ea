/** A cookie of ours. */
export interface CookieOptions {
  /** How long the browser keeps it, in seconds; 0 takes it away. */
  readonly maxAgeSeconds: number;
}

// The longest that a browser keeps whole. More is nothing that we have set.
const LONGEST_HEADER = 8192;

/**
 * The name of a realm's cookie. Browsers keep `__Host-` cookies only with Secure and Path=/ and without Domain, and so
 * from this host alone; by http they keep them from localhost and 127.0.0.1, which count as secure.
 */
export function cookieName(realm: string, use = ""): string {
  // A realm has no dot in its name, so none is called as a use of another.
  return `__Host-atoll${use === "" ? "" : `.${use}`}${realm === "main" ? "" : `-${realm}`}`;
}

/** The value of a cookie; `undefined` when there is none, or when there are two and nobody can say which is ours. */
export function readCookie({ headers }: Request, name: string): string | undefined {
  const header = headers.get("cookie");
  if (header === null || header.length > LONGEST_HEADER) return undefined;
  let found: string | undefined;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(at + 1).trim();
  }
  return found;
}

/** The header that sets a cookie. */
export function setCookie(name: string, value: string, { maxAgeSeconds }: CookieOptions): string {
  return `${name}=${value}; Max-Age=${Math.floor(maxAgeSeconds)}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}
