import { FILE_POLICY } from "@/lib/gate/files.ts";
import { sandbox } from "@/lib/gate/sandbox.ts";
import { Fault } from "@/lib/value/fault.ts";
import { SANDBOX_URL } from "@/lib/value/sandbox.ts";
import { publicUrl } from "./peer.ts";

/** What follows a page's path when a protocol below the page is meant. */
export interface Suffix {
  /** Id of a file, or none for the place where files are sent to. */
  readonly id: string | undefined;
  /** The request as it came, with its body: what stands for it on its way to the page has none. */
  readonly request: Request;
}

const suffixes = new WeakMap<Request, Suffix & { used: boolean }>();
const FILES = /^(.*)\/files(?:\/([A-Za-z0-9_-]{1,64}))?$/;

/** The suffix that a request was stripped of before it was handed to its page. Asking for it is to answer it. */
export function suffixOf(request: Request): Suffix | undefined {
  const suffix = suffixes.get(request);
  if (suffix) suffix.used = true;
  return suffix;
}

/** The request as it came, for which another one may stand. */
export function originalOf(request: Request): Request {
  return suffixes.get(request)?.request ?? request;
}

/**
 * Hands a request on. A page has its protocols under its own path: the request goes to the page's route with the suffix
 * taken off, so what guards the page guards them too.
 *
 * @throws {Fault} `not_found` when nothing under that path takes the suffix
 */
export function forward(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Response | Promise<Response> {
  return request.url.includes("/files") ? forwardFiles(request, handle) : handle(request);
}

async function forwardFiles(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { pathname, origin, search } = new URL(publicUrl(request));
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
  throw new Fault("not_found", "There is nothing here");
}
