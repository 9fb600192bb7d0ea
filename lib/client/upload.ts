import type { FaultJson } from "@/lib/value/fault.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { UploadOptions } from "@/lib/value/page.ts";
import type { Session } from "./session.ts";
import { uploadInPieces } from "./upload_pieces.ts";

/** What is lost with a connection and sent again hurts from here on. */
const LARGE_BYTES = 8 * 1024 * 1024;

/**
 * Sends a file to the page's server: as the plain body of one request, or in pieces when it is large.
 *
 * @throws {Fault} what the server refuses: `too_large`, `no_space`, `offline` ...
 */
export function upload(
  session: Session,
  file: Blob & { name?: string },
  options: UploadOptions = {},
): Promise<FileRef> {
  const { url } = session.page;
  const place = `${url === "/" ? "" : url}/files`;
  if (file.size <= LARGE_BYTES) return uploadAtOnce(session, file, place, options);
  return uploadInPieces(session, file, place, options);
}

function uploadAtOnce(
  session: Session,
  file: Blob & { name?: string },
  place: string,
  options: UploadOptions,
): Promise<FileRef> {
  const { page, token } = session;
  const { signal, progress } = options;
  // fetch() cannot tell how much of a body it has sent.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    const offline = () => reject(new Fault("offline", "The file could not be sent. Check the connection"));
    request.open("POST", place);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("atoll-session", token);
    request.setRequestHeader("atoll-name", encodeURIComponent(file.name ?? "file"));
    request.upload.onprogress = ({ loaded, total }) => progress?.(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status === 200) return resolve(request.response as FileRef);
      if (request.status === 410 && token !== page.session) {
        // The server does not know the session that was kept over a reload.
        session.token = page.session;
        return resolve(uploadAtOnce(session, file, place, options));
      }
      const fault = (request.response as { error?: FaultJson } | null)?.error;
      if (fault) reject(new Fault(fault.code, fault.message));
      else offline();
    };
    request.onerror = offline;
    request.onabort = () => reject(new Fault("cancelled", "The upload was cancelled"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
