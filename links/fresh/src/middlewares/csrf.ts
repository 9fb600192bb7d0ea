import type { Context } from "../context.ts";
import { HttpError } from "../error.ts";
import type { Middleware } from "./mod.ts";

/** Options of {@linkcode csrf}. */
export interface CsrfOptions<State> {
  /** Origins that may send requests, or a function that decides. @default the app's own origin */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses requests that another site made a browser send, by `Sec-Fetch-Site` and `Origin`.
 * Requests with neither header come from no browser and pass.
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  const isAllowed = originTest(options.origin);
  return (ctx) => {
    if (SAFE.has(ctx.req.method)) return ctx.next();
    const site = ctx.req.headers.get("sec-fetch-site");
    const origin = ctx.req.headers.get("origin");
    const passes = site === "same-origin" || site === "none" ||
      (origin === null ? site === null : isAllowed(origin, ctx));
    if (!passes) throw new HttpError(403);
    return ctx.next();
  };
}

function originTest<State>(
  allowed: CsrfOptions<State>["origin"],
): (origin: string, ctx: Context<State>) => boolean {
  if (typeof allowed === "function") return allowed;
  if (typeof allowed === "string") return (origin) => origin === allowed;
  if (Array.isArray(allowed)) return (origin) => allowed.includes(origin);
  return (origin, ctx) => origin === ctx.url.origin;
}
