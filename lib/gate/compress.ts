import { gzipSync } from "node:zlib";
import type { CompressedFiles } from "./compress_files.ts";

/** Pages below this many characters fit in the first packets anyway. */
const FROM_CHARACTERS = 2_000;

/**
 * A page, or a file of the build, in its smaller form, for a browser that takes it. Pages by the fastest level: it halves a
 * page for a tenth of what the page cost to draw, and the next ones cost more than they gain.
 *
 * Of pages only answers to GET: they hold nothing that the sender of the request chose beside the page's secrets, so their
 * length tells nothing of these.
 */
export async function compress(
  response: Response,
  request: Request,
  files: CompressedFiles,
): Promise<Response> {
  const { headers, status } = response;
  if (!headers.get("content-type")?.startsWith("text/html")) return await files.send(response, request);
  if (
    request.method !== "GET" || status !== 200 || headers.has("content-encoding") ||
    !/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")
  ) return response;
  const text = await response.text();
  headers.append("vary", "accept-encoding");
  if (text.length < FROM_CHARACTERS) return new Response(text, { status, headers });
  headers.set("content-encoding", "gzip");
  headers.delete("content-length");
  return new Response(gzipSync(text, { level: 1 }) as Uint8Array<ArrayBuffer>, { status, headers });
}
