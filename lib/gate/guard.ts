import type { App, Middleware } from "fresh";
import { Fault } from "@/lib/value/fault.ts";
import { SANDBOX_URL } from "@/lib/value/sandbox.ts";
import { compress } from "./compress.ts";
import { FILE_POLICY } from "./files.ts";
import { refuse } from "./reply.ts";
import { sandbox, SANDBOX_POLICY } from "./sandbox.ts";

/** What the guard is told. */
export interface GuardOptions {
  /** Names that the server answers to besides loopback's, without port; `*` is any. */
  readonly names: readonly string[];
  readonly dev: boolean;
}

/** What follows a page's path when a protocol below the page is meant. */
export interface Suffix {
  /** Id of a file, or none for the place where files are sent to. */
  readonly id: string | undefined;
  /** The request as it came, with its body: what stands for it on its way to the page has none. */
  readonly request: Request;
}

const suffixes = new WeakMap<Request, Suffix & { used: boolean }>();

/**
 * Runs a middleware for pages only. An event's answer is no document: what documents may do is of no use to it, and
 * takes time to say.
 */
export function forPages<S>(middleware: Middleware<S>): Middleware<S> {
  return (context) => {
    const isEvent = context.req.method === "POST" &&
      context.req.headers.get("content-type")?.startsWith("application/json") === true;
    return isEvent ? context.next() : middleware(context);
  };
}

/** The suffix that a request was stripped of before it was handed to its page. Asking for it is to answer it. */
export function suffixOf(request: Request): Suffix | undefined {
  const suffix = suffixes.get(request);
  if (suffix) suffix.used = true;
  return suffix;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]);
const FILES = /^(.*)\/files(?:\/([A-Za-z0-9_-]{1,64}))?$/;

// What a document may do when Fresh's own policy, which knows the page's nonce, is not on the answer.
const STRICT =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** What anything that is no document may do, should it be opened as one. */
const BARE = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "geolocation=(), payment=(), usb=()"],
];

/**
 * Puts the one outermost guard round an app: every request is looked at before anything else sees it, every answer
 * gets its headers, those for errors and files too. Fresh's middlewares cannot do this: an error passes them by.
 *
 * It works by the documented `handler()` of the app, which its server and `listen()` call.
 */
export function guarded<S>(app: App<S>, options: GuardOptions): App<S> {
  const inner = app.handler.bind(app);
  const names = new Set([...LOOPBACK, ...options.names]);
  app.handler = () => {
    const handle = inner();
    return async (request: Request, info?: Deno.ServeHandlerInfo) => {
      let response: Response;
      try {
        admit(request, names);
        response = await forward(request, (next) => handle(next, info));
      } catch (error) {
        response = refuse(error, { dev: options.dev });
      }
      const answer = finish(response, request);
      return request.method === "GET" ? await compress(answer, request) : answer;
    };
  };
  return app;
}

/** @throws {Fault} `bad_host`, `method_not_allowed`, `forbidden` */
function admit(request: Request, names: ReadonlySet<string>): void {
  const host = request.headers.get("host") ?? "";
  if (!HOST.test(host)) throw new Fault("bad_host", "The Host header is not a name this server could have");
  if (!names.has("*")) {
    const name = host.replace(/:\d+$/, "").toLowerCase();
    if (!names.has(name)) {
      throw new Fault(
        "bad_host",
        `This server does not answer to the name it was called by. Its operator can add it to ATOLL_HOSTS`,
      );
    }
  }
  const { method } = request;
  if (method === "GET" || method === "HEAD") {
    // A stream or socket opened from elsewhere is as good as a write.
    if (request.headers.get("upgrade") !== null) checkOrigin(request, host);
    return;
  }
  if (!METHODS.has(method)) throw new Fault("method_not_allowed", "This method is not answered here");
  if (method !== "OPTIONS") checkOrigin(request, host);
}

function checkOrigin(request: Request, host: string): void {
  const origin = request.headers.get("origin");
  if (origin !== null) {
    if (origin === `http://${host}` || origin === `https://${host}`) return;
  } else {
    const site = request.headers.get("sec-fetch-site");
    if (site === null || site === "same-origin" || site === "none") return;
  }
  throw new Fault("forbidden", "Requests from other sites are not answered");
}

// A page has its protocols under its own path. The request goes to the page's route with the suffix taken off, so
// what guards the page guards them too.
async function forward(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { url } = request;
  if (!url.includes("/files")) return await handle(request);
  const { pathname, origin, search } = new URL(url);
  if (pathname === SANDBOX_URL) return sandbox(request);
  const match = FILES.exec(pathname);
  if (!match) return await handle(request);
  const { method, headers } = request;
  const next = new Request(`${origin}${match[1] || "/"}${search}`, { method, headers });
  const suffix = { id: match[2], request, used: false };
  suffixes.set(next, suffix);
  const response = await handle(next);
  if (suffix.used) {
    // Whatever the middlewares of pages have put there: bytes that people sent are no page.
    response.headers.set("content-security-policy", FILE_POLICY);
    return response;
  }
  await response.body?.cancel();
  await request.body?.cancel();
  throw new Fault("not_found", "There is nothing here");
}

/** All that the guard would put on an answer that is no document. For answers that are made often. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(HEADERS),
  "content-security-policy": BARE,
};

const whole = new WeakSet<Response>();

/** Says that an answer was made with {@linkcode ANSWER_HEADERS}, so that they need not be looked for again. */
export function isWhole(response: Response): Response {
  whole.add(response);
  return response;
}

function finish(response: Response, request: Request): Response {
  if (response.status === 101 || whole.has(response)) return response;
  let { headers } = response;
  try {
    headers.set(HEADERS[0]?.[0] as string, HEADERS[0]?.[1] as string);
  } catch {
    // The headers of a fetched or redirecting response cannot be changed.
    headers = new Headers(headers);
    response = new Response(response.body, {
      status: response.status,
      statusText: response.statusText,
      headers,
    });
  }
  for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
  const policy = headers.get("content-security-policy");
  // Fresh's policy falls back to 'unsafe-inline' for whatever it did not render itself.
  if (policy === null || policy.includes("'unsafe-inline'") && policy !== SANDBOX_POLICY) {
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    headers.set("content-security-policy", isPage ? STRICT : BARE);
  } else if (policy.includes("upgrade-insecure-requests") && request.url.startsWith("http:")) {
    headers.set("content-security-policy", policy.replace(/;? ?upgrade-insecure-requests;?/, ""));
  }
  return response;
}
