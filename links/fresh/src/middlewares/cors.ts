import type { Context } from "../context.ts";
import type { Middleware } from "./mod.ts";

/** Options of {@linkcode cors}. */
export interface CORSOptions<State> {
  /** Origins that may read responses, or a function that gives the one to allow. @default "*" */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => string | null | undefined);
  /** Methods allowed. @default GET, HEAD, PUT, POST, DELETE, PATCH */
  allowMethods?: string[];
  /** Headers requests may carry. @default those the browser asks for */
  allowHeaders?: string[];
  /** Seconds the browser may keep the answer to its question. */
  maxAge?: number;
  /** Whether requests may carry cookies. @default false */
  credentials?: boolean;
  /** Headers scripts may read from responses. */
  exposeHeaders?: string[];
}

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/** Lets scripts of other origins use the routes behind it. */
export function cors<State>(options: CORSOptions<State> = {}): Middleware<State> {
  const { allowMethods = METHODS, allowHeaders = [], exposeHeaders = [], maxAge, credentials = false } =
    options;
  return async (ctx) => {
    const { req } = ctx;
    const origin = allowedOrigin(options.origin ?? "*", req.headers.get("origin") ?? "", ctx);
    const apply = (headers: Headers): void => {
      if (origin) headers.set("access-control-allow-origin", origin);
      if (origin && origin !== "*") headers.append("vary", "Origin");
      if (credentials) headers.set("access-control-allow-credentials", "true");
      if (exposeHeaders.length > 0) headers.set("access-control-expose-headers", exposeHeaders.join(","));
    };
    if (req.method !== "OPTIONS") {
      const response = await ctx.next();
      apply(response.headers);
      return response;
    }
    const headers = new Headers();
    apply(headers);
    if (maxAge !== undefined) headers.set("access-control-max-age", String(maxAge));
    if (allowMethods.length > 0) headers.set("access-control-allow-methods", allowMethods.join(","));
    const asked = allowHeaders.length > 0
      ? allowHeaders.join(",")
      : req.headers.get("access-control-request-headers");
    if (asked) {
      headers.set("access-control-allow-headers", asked);
      headers.append("vary", "Access-Control-Request-Headers");
    }
    return new Response(null, { status: 204, headers });
  };
}

function allowedOrigin<State>(
  allowed: NonNullable<CORSOptions<State>["origin"]>,
  origin: string,
  ctx: Context<State>,
): string | null | undefined {
  if (typeof allowed === "function") return allowed(origin, ctx);
  if (allowed === "*") return "*";
  return (Array.isArray(allowed) ? allowed.includes(origin) : allowed === origin) ? origin : null;
}
