const PATH = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;

/**
 * A path of this app to send a browser to: made of plain letters, so that no browser reads another host into it.
 * Anything else is `/`.
 */
export function safePath(path: string): string {
  return PATH.test(path) && path.length <= 1024 ? path : "/";
}

/** What stands below a page: its login, its account. */
export function below(page: string, part: string): string {
  const path = safePath(page);
  return `${path === "/" ? "" : path}/${part}`;
}

/** The query of an address, written anew: what a link may carry back to its page. */
export function safeQuery(url: string): string {
  const query = new URL(url).searchParams.toString();
  return query === "" || query.length > 1024 ? "" : `?${query}`;
}

/** Sends a browser to a path of this app. */
export function redirect(path: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location: path, "cache-control": "no-store", ...headers },
  });
}
