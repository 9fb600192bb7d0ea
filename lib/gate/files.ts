import type { BlobRecord, Blobs, ByteRange } from "@/lib/store/port.ts";
import { BLOB_ID, toRef } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { streamBody } from "./arrival.ts";
import { refuse } from "./reply.ts";

/** What the bytes of a file may do when they are opened as a document: nothing. */
export const FILE_POLICY = "default-src 'none'; sandbox";

/** Whose a file will be and where it will be found. */
export interface ReceiveOptions {
  readonly owner: string;
  readonly blobs: Blobs;
  /** Path that answers with the bytes of an id. */
  readonly url: (id: string) => string;
  /** Largest file in bytes. */
  readonly maxBytes: number;
  /** The longest wait for the next bytes, in milliseconds. Default 30 s. */
  readonly stallMs?: number | undefined;
}

/** Types that a browser may show in place: what is in them is picture, sound or text, never a program. */
const INLINE = new Set([
  "image/png",
  "image/apng",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "audio/mpeg",
  "audio/wav",
  "audio/ogg",
  "audio/mp4",
  "video/ogg",
  "video/mp4",
  "video/webm",
  "text/plain",
]);

/**
 * Keeps the plain body of a request as a file. Its name comes percent-encoded in the header `atoll-name`.
 *
 * @throws {Fault} `too_large` before the body is read when its length is known; `unsupported_type` for a form;
 * `bad_request` for a name that is not percent-encoded UTF-8; `timeout`, `cancelled`, `no_space`.
 */
export async function receive(
  request: Request,
  { owner, blobs, url, maxBytes, stallMs }: ReceiveOptions,
): Promise<FileRef> {
  const type = request.headers.get("content-type")?.toLowerCase() ?? "";
  if (type.startsWith("multipart/") || type.startsWith("application/x-www-form-urlencoded")) {
    throw new Fault("unsupported_type", "A file is sent as the plain body of the request, not as a form");
  }
  const name = nameOf(request);
  const body = streamBody(request, { maxBytes, stallMs }, "The file");
  const record = await blobs.put(body, { owner, name, maxBytes });
  return toRef(record, url(record.id));
}

/**
 * Answers GET and HEAD with the bytes of an id, whole or one range of them. Whoever knows the id may read them, unless
 * `mayRead` says otherwise. Every id that gives no bytes, for whatever reason, gets the same answer.
 */
export async function deliver(
  request: Request,
  id: string,
  blobs: Blobs,
  mayRead: (record: BlobRecord) => boolean = () => true,
): Promise<Response> {
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    const fault = new Fault("method_not_allowed", "A file answers GET and HEAD");
    return refuse(fault, { headers: { allow: "GET, HEAD" } });
  }
  const record = BLOB_ID.test(id) ? await blobs.get(id) : undefined;
  if (record === undefined || !mayRead(record)) return missing();
  const headers = headersOf(record, new URL(request.url).searchParams.has("download"));
  if (matches(request.headers.get("if-none-match"), headers.etag)) {
    return new Response(null, { status: 304, headers });
  }

  const range = rangeOf(request.headers, headers.etag, record.size);
  if (range === "outside") {
    headers["content-range"] = `bytes */${record.size}`;
    headers["content-length"] = "0";
    return new Response(null, { status: 416, headers });
  }
  headers["content-length"] = String(range ? range.end - range.start + 1 : record.size);
  if (range) headers["content-range"] = `bytes ${range.start}-${range.end}/${record.size}`;
  const body = method === "HEAD" ? null : await blobs.read(id, range);
  if (body === undefined) return missing();
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** The answer for every id that gives nothing. */
export function missing(): Response {
  return refuse(new Fault("not_found", "There is no such file, or it has expired"));
}

function headersOf(
  { id, name, mime }: BlobRecord,
  download: boolean,
): Record<string, string> & { etag: string } {
  const inline = INLINE.has(mime) && !download;
  return {
    "content-type": contentType(mime),
    "content-disposition": disposition(inline ? "inline" : "attachment", name),
    "x-content-type-options": "nosniff",
    "content-security-policy": FILE_POLICY,
    "cross-origin-resource-policy": "same-origin",
    // The bytes of an id never change, so a kept copy would never be wrong. But the right to read them ends with their
    // time, and a copy on a shared computer would outlive it. A page shows each picture once: little is lost.
    "cache-control": "private, no-store",
    "accept-ranges": "bytes",
    etag: `"${id}"`,
  };
}

// Pictures, sound and films keep their type, so that a page may show those too that are only ever downloaded when opened
// by themselves. Nothing else has a type that a page could run or draw.
function contentType(mime: string): string {
  if (mime === "text/plain") return "text/plain; charset=utf-8";
  return /^(?:image|audio|video)\/[\w.+-]+$/.test(mime) ? mime : "application/octet-stream";
}

/** RFC 6266: a plain name for old readers, the true one in RFC 5987 coding when it has more than plain letters. */
function disposition(kind: "inline" | "attachment", name: string): string {
  const plain = name.replace(/[^A-Za-z0-9 ._()+-]/gu, "_");
  if (plain === name) return `${kind}; filename="${plain}"`;
  const coded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${coded}`;
}

function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}

/** The one range asked for; none when the header is absent, malformed, stale or names several, which may be ignored. */
function rangeOf(headers: Headers, etag: string, size: number): ByteRange | "outside" | undefined {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i.exec(headers.get("range")?.trim() ?? "");
  if (!match) return undefined;
  const condition = headers.get("if-range");
  if (condition !== null && condition.trim() !== etag) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? "outside" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last && Number(last) < start) return undefined;
  if (start >= size) return "outside";
  return { start, end: last ? Math.min(Number(last), size - 1) : size - 1 };
}

/** The name that a file is sent under. @throws {Fault} `bad_request` */
export function nameOf(request: Request): string {
  try {
    return decodeURIComponent(request.headers.get("atoll-name") ?? "");
  } catch (cause) {
    throw new Fault("bad_request", "The header atoll-name must be percent-encoded UTF-8", { cause });
  }
}
