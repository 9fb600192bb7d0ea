import type { StaticBody, StaticFile } from "../build_cache.ts";
import { type Context, getInternals } from "../context.ts";
import type { Middleware } from "./mod.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
const REVALIDATE = "no-cache, no-store, max-age=0, must-revalidate";

/**
 * Serves the files of the static folder and of the build. URLs made by `asset()` may be cached for ever, all others
 * are validated by their `ETag`. Files compressed at build time are sent as the browser accepts them.
 */
export function staticFiles<State>(): Middleware<State> {
  return function freshServeStatic(ctx): Response | Promise<Response> {
    const { buildCache, pathname } = getInternals(ctx as Context<unknown>);
    const { basePath } = ctx.config;
    if (basePath !== "" && !pathname.startsWith(basePath)) return ctx.next();
    const path = decode(basePath === "" ? pathname : pathname.slice(basePath.length));
    const found = path === null ? null : buildCache.readFile(path);
    if (found instanceof Promise) return found.then((file) => respond(ctx as Context<unknown>, path, file));
    return respond(ctx as Context<unknown>, path, found);
  };
}

function decode(pathname: string): string | null {
  if (!pathname.includes("%")) return pathname;
  try {
    return decodeURIComponent(pathname);
  } catch {
    // Not the name of any file; a route may still want it
    return null;
  }
}

function respond(
  ctx: Context<unknown>,
  path: string | null,
  file: StaticFile | null,
): Response | Promise<Response> {
  if (file === null) {
    // Browsers ask for it on their own; an app's not-found page is no answer to that
    if (path === "/favicon.ico") return new Response(null, { status: 404 });
    return ctx.next();
  }
  const { req } = ctx;
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405 });
  }
  return sendFile(ctx, path ?? "", file);
}

async function sendFile(ctx: Context<unknown>, path: string, file: StaticFile): Promise<Response> {
  const { req } = ctx;
  const { buildId } = getInternals(ctx).buildCache;
  let isImmutable = path.startsWith(`/_fresh/js/${buildId}/`);
  if (req.url.includes("__frsh_c=")) {
    const key = ctx.url.searchParams.get("__frsh_c");
    if (key !== null && key !== buildId) return withoutKey(ctx);
    isImmutable = key !== null;
  }
  const headers = new Headers({ "content-type": file.contentType });
  let body: StaticBody = file;
  const vary: string[] = [];
  if (file.encodings !== undefined) {
    vary.push("Accept-Encoding");
    const encoding = acceptedEncoding(req.headers.get("accept-encoding"), file);
    if (encoding !== null) {
      body = file.encodings[encoding] ?? file;
      headers.set("content-encoding", encoding);
    }
  }
  if (isImmutable) {
    headers.set("cache-control", IMMUTABLE);
  } else {
    const etag = `W/"${file.hash}"`;
    headers.set("cache-control", REVALIDATE);
    headers.set("etag", etag);
    vary.unshift("If-None-Match");
    const known = req.headers.get("if-none-match");
    if (known === etag || known === etag.slice(2)) {
      headers.set("vary", vary.join(", "));
      headers.delete("content-encoding");
      return new Response(null, { status: 304, headers });
    }
  }
  if (vary.length > 0) headers.set("vary", vary.join(", "));
  headers.set("content-length", String(body.sizeBytes));
  return new Response(req.method === "HEAD" ? null : await body.read(), { headers });
}

// The URL belongs to another build: what it names may have changed, so it must not be cached under that key
function withoutKey(ctx: Context<unknown>): Response {
  const url = new URL(ctx.url);
  url.searchParams.delete("__frsh_c");
  return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
}

function acceptedEncoding(header: string | null, file: StaticFile): "br" | "gzip" | null {
  if (header === null) return null;
  const accepted = new Set<string>();
  for (const part of header.split(",")) {
    const [name = "", quality] = part.trim().toLowerCase().split(/\s*;\s*q=/);
    if (quality === undefined || Number(quality) > 0) accepted.add(name);
  }
  for (const encoding of ["br", "gzip"] as const) {
    if (file.encodings?.[encoding] !== undefined && accepted.has(encoding)) return encoding;
  }
  return null;
}
