import type { FaultJson } from "@/lib/value/fault.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { PageGraph, UploadOptions } from "@/lib/value/page.ts";

/**
 * Sends a file to the page's server as the plain body of one request.
 *
 * @throws {Fault} what the server refuses: `too_large`, `no_space`, `offline` ...
 */
export function upload(
  page: PageGraph,
  file: Blob & { name?: string },
  { signal, progress }: UploadOptions = {},
): Promise<FileRef> {
  // fetch() cannot tell how much of a body it has sent.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    const offline = () => reject(new Fault("offline", "The file could not be sent. Check the connection"));
    request.open("POST", `${page.url}/files`);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("atoll-session", page.session);
    request.setRequestHeader("atoll-name", encodeURIComponent(file.name ?? "file"));
    request.upload.onprogress = ({ loaded, total }) => progress?.(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status === 200) return resolve(request.response as FileRef);
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
