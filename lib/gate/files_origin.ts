import { userOf } from "@/lib/engine/sessions.ts";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Around } from "./around.ts";
import { checkReader } from "./file_readers.ts";
import { deliver, FILE_POLICY } from "./files.ts";
import { ANSWER_HEADERS } from "./guard.ts";
import { refuse } from "./reply.ts";

/** What the origin of files is told. */
export interface FilesOriginOptions {
  /** Where the bytes are. */
  readonly blobs: Blobs;
  /** Names of the app, whose pages may read files by script; `*` is any. */
  readonly names: readonly string[];
  /** Whether clients may see the text of errors. */
  readonly dev: boolean;
}

const PATH = /^\/files\/([A-Za-z0-9_-]{1,64})$/;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Answers what is asked of an origin of its own for files, so that nothing in them can reach the app: `/files/<id>` and
 * nothing else. Requests with another Host header go on. Whoever knows the id may read the file, unless it is that of
 * somebody who was logged in: the app's cookies do not come here, so no login is seen.
 */
export function filesOrigin(origin: string, { blobs, names, dev }: FilesOriginOptions): Around {
  const { host } = new URL(origin);
  const readers = new Set([...LOOPBACK, ...names]);
  return async (request, answer) => {
    if (request.headers.get("host")?.toLowerCase() !== host) return await answer();
    const response = await answerFile(request, blobs).catch((error) => refuse(error, { dev }));
    const { headers } = response;
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) headers.set(name, value);
    headers.set("content-security-policy", `${FILE_POLICY}; frame-ancestors 'none'`);
    // The pages that show files are of another origin, and a server does not know of which site.
    headers.set("cross-origin-resource-policy", "cross-origin");
    headers.set("vary", "origin");
    const reader = request.headers.get("origin");
    if (reader !== null && isReader(reader, readers)) {
      headers.set("access-control-allow-origin", reader);
      headers.set("access-control-expose-headers", "content-disposition, content-range, etag");
    }
    return response;
  };
}

/**
 * Where files are found that have an origin of their own; `undefined`: below the page that they belong to. There are
 * all files of people who are logged in: nobody could be told from another where no cookie comes.
 */
export function fileUrls(
  origin: string | undefined,
): ((page: string, id: string, session: string) => string | undefined) | undefined {
  if (origin === undefined) return undefined;
  return (_page, id, session) => userOf(session) === undefined ? `${origin}/files/${id}` : undefined;
}

/** Directives with which a page may show files of another origin. */
export function filePolicy(origin: string | undefined): string[] {
  if (origin === undefined) return [];
  return [
    `img-src 'self' data: ${origin}`,
    `media-src 'self' data: blob: ${origin}`,
    `connect-src 'self' ${origin}`,
  ];
}

async function answerFile(request: Request, blobs: Blobs): Promise<Response> {
  const id = PATH.exec(URL.parse(request.url)?.pathname ?? "")?.[1];
  if (id === undefined) throw new Fault("not_found", "There is nothing here");
  checkReader(request.headers, true);
  return await deliver(request, id, blobs, ({ owner }) => userOf(owner) === undefined);
}

function isReader(origin: string, names: ReadonlySet<string>): boolean {
  const url = URL.parse(origin);
  if (url === null || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false;
  return names.has("*") || names.has(url.hostname);
}
