import type { BlobRecord, Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { checkReader } from "./file_readers.ts";
import { deliver, missing, receive } from "./files.ts";
import { isListed } from "./guard/arrival.ts";
import { refuse } from "./reply.ts";
import { append, begin, isUpload, tell } from "./uploads.ts";

/** A request for the files of a page. */
export interface FileRequest {
  /** As it came, with its body. */
  readonly request: Request;
  /** Path of the page. */
  readonly page: string;
  /** Id of a file or an upload, or none for the place where files are sent to. */
  readonly id: string | undefined;
}

/** What the files of a page depend on. */
export interface FileRouteOptions {
  /** Where the bytes are. */
  readonly blobs: Blobs;
  /** The session of the request. @throws {Fault} `expired` when it names none. */
  readonly owner: () => string;
  /** Where a file is found. */
  readonly url: (id: string) => string;
  /** Largest file in bytes. */
  readonly maxBytes: number;
  /** The network of the sender. */
  readonly network?: string | undefined;
  /** Whether whoever asks may read a file whose id they know. Default yes. */
  readonly mayRead?: ((record: BlobRecord) => boolean) | undefined;
  /** Whether files are read at an origin of their own; then they are not read here. */
  readonly apart?: boolean | undefined;
}

/**
 * Answers `POST <page>/files` with a file or the beginning of an upload, `GET` and `HEAD <page>/files/<id>` with a file,
 * and for the session whose it is, `HEAD` and `PATCH` go on with an upload and `DELETE` ends it or removes a file. What
 * belongs to another session is as if it were not there.
 *
 * @throws {Fault}
 */
export async function answerFiles(
  { request, page, id }: FileRequest,
  options: FileRouteOptions,
): Promise<Response> {
  const { method, headers } = request;
  const { blobs, maxBytes } = options;
  if (id === undefined) {
    if (method !== "POST") return notThis("Files are sent by POST", "POST");
    const owner = options.owner();
    if (isUpload(request)) return await begin(request, { ...options, owner, place: placeOf(page) });
    return Response.json(await receive(request, { owner, blobs, url: options.url, maxBytes }));
  }
  switch (method) {
    case "GET":
    case "HEAD": {
      const asksUpload = method === "HEAD" && headers.has("atoll-session");
      const told = asksUpload ? await tell(id, { ...options, owner: options.owner() }) : undefined;
      if (told) return told;
      if (options.apart) return missing();
      checkReader(headers, isListed(request));
      return await deliver(request, id, blobs, options.mayRead);
    }
    case "PATCH":
      return await append(request, id, { ...options, owner: options.owner() });
    case "DELETE": {
      const owner = options.owner();
      const found = await blobs.upload(id) ?? await blobs.get(id);
      if (found?.owner !== owner) return missing();
      await blobs.delete(id);
      return new Response(null, { status: 204 });
    }
    default:
      return notThis("A file answers GET and HEAD", "GET, HEAD, PATCH, DELETE");
  }
}

function notThis(message: string, allow: string): Response {
  return refuse(new Fault("method_not_allowed", message), { headers: { allow } });
}

function placeOf(page: string): string {
  return `${page === "/" ? "" : page}/files`;
}
