import { publicUrl } from "./guard/peer.ts";

/** What of an account is asked for, below the path of a page. */
export type AccountPart = "login" | "login/start" | "login/callback" | "logout" | "account";

/** What a request was stripped of on its way to the page that it belongs to. */
export interface AccountSuffix {
  readonly part: AccountPart;
  /** The request as it came, with its method and its body: what stands for it is a GET without. */
  readonly request: Request;
}

const suffixes = new WeakMap<Request, AccountSuffix & { used: boolean }>();
const PARTS = /^(.*)\/(login|login\/start|login\/callback|logout|account)$/;

/** What was taken off the path of a request. Asking for it is to answer it. */
export function accountSuffixOf(request: Request): AccountSuffix | undefined {
  const suffix = suffixes.get(request);
  if (suffix) suffix.used = true;
  return suffix;
}

/**
 * Hands a request on. Every guarded page has its login, logout and account below its own path, wherever its guard is:
 * the request goes to the page's route, through the guard, which answers. Where no guard does, a route of that name
 * has its turn.
 */
export function throughAccount(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Response | Promise<Response> {
  return /\/(?:login|logout|account)/.test(request.url) ? throughPart(request, handle) : handle(request);
}

async function throughPart(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { pathname, origin, search } = new URL(publicUrl(request));
  const match = PARTS.exec(pathname);
  if (!match) return await handle(request);
  const next = new Request(`${origin}${match[1] || "/"}${search}`, { headers: request.headers });
  const suffix = { part: match[2] as AccountPart, request, used: false };
  suffixes.set(next, suffix);
  const response = await handle(next);
  if (suffix.used) return response;
  await response.body?.cancel();
  return await handle(request);
}
