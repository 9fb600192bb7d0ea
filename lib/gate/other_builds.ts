import type { Middleware } from "fresh";
import { pathOf } from "./path.ts";

// Names that a build gives; nothing that leads elsewhere.
const SCRIPT = /^\/_fresh\/js\/([\w-]+)\/([\w-][\w.-]*\.js)$/;
const HEADERS = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": "public, max-age=31536000, immutable",
};

/**
 * Answers scripts of other builds of the project, for pages that were open before the server was replaced. It stands behind
 * the static files of its own build.
 *
 * @param folders those in which each build has its scripts, as `<id>/<name>.js`, with a slash at their end.
 */
export function otherBuilds<State>(folders: readonly URL[]): Middleware<State> {
  return async (context) => {
    const { req } = context;
    const match = folders.length === 0 || req.method !== "GET" ? null : SCRIPT.exec(pathOf(req.url));
    if (match === null) return await context.next();
    for (const folder of folders) {
      const bytes = await Deno.readFile(new URL(`${match[1]}/${match[2]}`, folder)).catch(() => undefined);
      if (bytes !== undefined) return new Response(bytes, { headers: HEADERS });
    }
    return await context.next();
  };
}
