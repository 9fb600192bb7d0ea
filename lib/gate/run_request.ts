import type { RunRequest } from "@/lib/demo/action.ts";
import type { User } from "@/lib/value/user.ts";
import { publicUrl } from "./guard/peer.ts";

/** What a handler may know of the request that started it, and who asked where people log in. */
export function runRequest(
  request: Request,
  client: () => string,
  user?: User | undefined,
): RunRequest {
  return new Asked(request, client, user);
}

// The server's own cookies are secrets of the person, which no handler needs.
const OWN_COOKIE = /^(?:__Host-)?atoll\b/;

// Address and headers are read when a handler asks for them, which few do: each is a call into the server.
class Asked implements RunRequest {
  readonly user: User | undefined;
  readonly #request: Request;
  readonly #client: () => string;

  constructor(request: Request, client: () => string, user: User | undefined) {
    this.user = user;
    this.#request = request;
    this.#client = client;
  }

  get client(): string {
    return this.#client();
  }

  get headers(): Headers {
    const headers = new Headers(this.#request.headers);
    headers.delete("authorization");
    headers.delete("cookie");
    const cookies = Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`);
    if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
    return headers;
  }

  get cookies(): Readonly<Record<string, string>> {
    const cookies: Record<string, string> = Object.create(null);
    for (const pair of (this.#request.headers.get("cookie") ?? "").split(";")) {
      const at = pair.indexOf("=");
      const name = pair.slice(0, at).trim();
      if (at > 0 && !OWN_COOKIE.test(name)) cookies[name] = pair.slice(at + 1).trim();
    }
    return cookies;
  }

  get url(): string {
    return publicUrl(this.#request);
  }

  get query(): URLSearchParams {
    const { url } = this;
    const referer = this.#request.headers.get("referer") ?? "";
    // Asked for whenever a run is kept, and almost always there is none.
    if (!url.includes("?") && !referer.includes("?")) return new URLSearchParams();
    const here = new URL(url);
    // An event is posted to the page's path; the page's own address is where it was posted from.
    const from = URL.parse(referer);
    return from?.origin === here.origin && from.pathname === here.pathname
      ? from.searchParams
      : here.searchParams;
  }
}
