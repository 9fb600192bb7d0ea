import { type BlobRecord, type Blobs, toRef, type Upload } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { streamBody } from "./arrival.ts";
import { missing, nameOf } from "./files.ts";
import { refuse } from "./reply.ts";

/** Whose an upload is and what becomes of it. */
export interface UploadRouteOptions {
  /** Where the bytes go. */
  readonly blobs: Blobs;
  /** The session that asks. */
  readonly owner: string;
  /** Where a file is found. */
  readonly url: (id: string) => string;
  /** Largest file in bytes. */
  readonly maxBytes: number;
  /** The network of the sender, which has a share of the uploads. */
  readonly network?: string | undefined;
}

/** The type of a piece, as in the IETF's draft of resumable uploads for HTTP. */
const PIECE = "application/partial-upload";
// Extensions of an older protocol: whoever counts on one must hear that it is not there.
const FOREIGN = ["tus-resumable", "upload-checksum", "upload-concat", "upload-defer-length"];

/** Whether a request wants to send a file in pieces. */
export function isUpload({ headers }: Request): boolean {
  return headers.has("upload-complete") || headers.has("upload-length") ||
    FOREIGN.some((name) => headers.has(name));
}

/**
 * Begins an upload: `Upload-Length` says how many bytes there will be, `Upload-Complete: ?0` that they come later. The
 * answer is 201 with the place to send them to.
 *
 * @throws {Fault}
 */
export async function begin(
  request: Request,
  { blobs, owner, maxBytes, place, network }: UploadRouteOptions & { readonly place: string },
): Promise<Response> {
  checkForeign(request.headers);
  const size = numberOf(request.headers, "upload-length");
  if (size === undefined) throw new Fault("bad_request", "An upload must say its length in Upload-Length");
  if (completeOf(request.headers) || Number(request.headers.get("content-length") ?? 0) > 0) {
    throw new Fault("bad_request", "An upload begins without bytes, and with Upload-Complete: ?0");
  }
  const upload = await blobs.begin({ owner, name: nameOf(request), size, maxBytes, network });
  return new Response(null, {
    status: 201,
    headers: { ...progressOf(upload), location: `${place}/${upload.id}` },
  });
}

/**
 * Says how far an upload of this owner is; a piece that is just coming is ended first, since its sender is the one who
 * asks. Of a file it says what it has become. `undefined` when there is neither.
 */
export async function tell(
  id: string,
  { blobs, owner, url }: UploadRouteOptions,
): Promise<Response | undefined> {
  if ((await blobs.upload(id))?.owner === owner) {
    const upload = await blobs.settle(id);
    if (upload) return new Response(null, { status: 204, headers: progressOf(upload) });
  }
  const record = await blobs.get(id);
  return record?.owner === owner ? whole(record, url, null) : undefined;
}

/**
 * Adds a piece to an upload of this owner: `Upload-Offset` says where it begins, `Upload-Complete` whether it is the
 * last. The last one is answered with the file.
 *
 * @throws {Fault}
 */
export async function append(
  request: Request,
  id: string,
  { blobs, owner, url, maxBytes }: UploadRouteOptions,
): Promise<Response> {
  const { headers } = request;
  const upload = await blobs.upload(id);
  if (upload?.owner !== owner) return missing();
  checkForeign(headers);
  if (headers.get("content-type") !== PIECE) {
    throw new Fault("unsupported_type", `A piece of an upload is sent as ${PIECE}`);
  }
  const offset = numberOf(headers, "upload-offset");
  if (offset === undefined) throw new Fault("bad_request", "A piece must say its place in Upload-Offset");
  const last = completeOf(headers);
  const length = numberOf(headers, "upload-length");
  if (length !== undefined && length !== upload.size) {
    throw new Fault("bad_request", `The length of the upload is ${upload.size} and cannot change`);
  }
  if (offset !== upload.offset) {
    const fault = new Fault(
      "conflict",
      `The upload has ${upload.offset} bytes; the piece begins at ${offset}`,
    );
    return refuse(fault, { headers: { ...progressOf(upload), connection: "close" } });
  }
  const told = Number(headers.get("content-length") ?? 0);
  if (offset + told > upload.size || last && headers.has("content-length") && offset + told < upload.size) {
    throw new Fault("bad_request", `The piece does not make the ${upload.size} bytes that were told`);
  }
  const body = streamBody(request, { maxBytes }, "The piece");
  const record = await blobs.append(id, body, { offset, last });
  if (record) return whole(record, url, JSON.stringify(toRef(record, url(record.id))));
  const after = await blobs.upload(id);
  return after ? new Response(null, { status: 204, headers: progressOf(after) }) : missing();
}

function progressOf({ offset, size }: Pick<Upload, "offset" | "size">): Record<string, string> {
  return {
    "upload-offset": String(offset),
    "upload-length": String(size),
    "upload-complete": "?0",
    "cache-control": "no-store",
  };
}

// Whoever did not hear the answer to the last piece asks by HEAD, which has no body: the file is in a header as well.
function whole(record: BlobRecord, url: (id: string) => string, body: string | null): Response {
  const { size } = record;
  return new Response(body, {
    status: body === null ? 204 : 200,
    headers: {
      ...progressOf({ offset: size, size }),
      "upload-complete": "?1",
      "content-type": "application/json; charset=utf-8",
      "atoll-file": encodeURIComponent(JSON.stringify(toRef(record, url(record.id)))),
    },
  });
}

/** A whole number of a header as RFC 9651 writes it; `undefined` when it is not there. @throws {Fault} `bad_request` */
function numberOf(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw new Fault("bad_request", `${name} must be a whole number from 0`);
  return number;
}

function completeOf(headers: Headers): boolean {
  const text = headers.get("upload-complete");
  if (text === "?1" || text === "?0") return text === "?1";
  throw new Fault("bad_request", "Upload-Complete must be ?0 or ?1");
}

function checkForeign(headers: Headers): void {
  const foreign = FOREIGN.find((name) => headers.has(name));
  if (foreign !== undefined) throw new Fault("bad_request", `${foreign} is not known here`);
}
