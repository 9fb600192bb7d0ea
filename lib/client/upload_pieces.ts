import { Fault, type FaultJson } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { UploadOptions } from "@/lib/value/page.ts";
import type { Session } from "./session.ts";

/** How many bytes go at a time: what is lost with a connection, and how often progress is told. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** With the pauses between them, some minutes without a connection. */
const MOST_FAILURES = 60;
/** Refusals that may be over by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "cancelled",
  "conflict",
  "offline",
  "queue_full",
  "rate_limited",
  "timeout",
]);

/** What sending a file in pieces needs of a page's session. */
export interface Sender extends Pick<Session, "token"> {
  /** The page, and the session that it was made with. */
  readonly page: Pick<Session["page"], "session">;
}

/**
 * Sends a file to `place`, the files of a page, piece after piece: when a connection is lost, it goes on from what the
 * server has. An upload that is given up is removed there.
 *
 * @throws {Fault} what the server refuses: `too_large`, `no_space` ...; `offline` when it cannot be reached for long;
 * `cancelled`.
 */
export async function uploadInPieces(
  sender: Sender,
  file: Blob & { name?: string },
  place: string,
  { signal, progress }: UploadOptions = {},
): Promise<FileRef> {
  // At the start, since there may be no connection when it is needed; not above, where it would make a script of its own
  // of what all pages load in one piece.
  const { pause } = await import("./later.ts");
  let upload: string | undefined;
  let offset = 0;
  const ask = (method: string, url: string, headers: Record<string, string> = {}, body?: Blob) =>
    request(sender, url, { method, headers, ...(body ? { body } : {}), ...(signal ? { signal } : {}) });
  for (let failures = 0;; failures++) {
    try {
      if (upload === undefined) {
        const begun = await ask("POST", place, {
          "upload-length": String(file.size),
          "upload-complete": "?0",
          "atoll-name": encodeURIComponent(file.name ?? "file"),
        });
        await begun.body?.cancel();
        upload = new URL(begun.headers.get("location") ?? "", begun.url).href;
        offset = 0;
      } else if (failures > 0) {
        const { headers } = await ask("HEAD", upload);
        const whole = headers.get("atoll-file");
        if (whole !== null) return JSON.parse(decodeURIComponent(whole));
        offset = Number(headers.get("upload-offset"));
      }
      while (true) {
        progress?.(file.size === 0 ? 0 : offset / file.size);
        const end = Math.min(offset + PIECE_BYTES, file.size);
        const answer = await ask("PATCH", upload, {
          "content-type": "application/partial-upload",
          "upload-offset": String(offset),
          "upload-complete": end === file.size ? "?1" : "?0",
        }, file.slice(offset, end));
        if (answer.status === 200) {
          const ref: FileRef = await answer.json();
          progress?.(1);
          return ref;
        }
        offset = Number(answer.headers.get("upload-offset"));
        failures = 0;
      }
    } catch (error) {
      // An answer that broke off is as good as none.
      const fault = error instanceof Fault ? error : offline(error);
      const forgotten = fault.code === "not_found" && upload !== undefined;
      if (signal?.aborted || failures >= MOST_FAILURES || !forgotten && !PASSING.has(fault.code)) {
        if (upload !== undefined) {
          request(sender, upload, { method: "DELETE", keepalive: true }).catch(nothing);
        }
        throw signal?.aborted ? new Fault("cancelled", "The upload was cancelled") : fault;
      }
      if (forgotten) upload = undefined;
      await waits(pause, failures, signal);
    }
  }
}

async function request(sender: Sender, url: string, init: RequestInit): Promise<Response> {
  const { token } = sender;
  let answer: Response;
  try {
    answer = await fetch(url, {
      ...init,
      headers: { ...init.headers as Record<string, string>, "atoll-session": token },
    });
  } catch (cause) {
    throw offline(cause);
  }
  if (answer.ok) return answer;
  if (answer.status === 410 && token !== sender.page.session) {
    // The server does not know the session that was kept over a reload.
    sender.token = sender.page.session;
    await answer.body?.cancel();
    return await request(sender, url, init);
  }
  const told = await answer.json().then(({ error }) => error as FaultJson | undefined, nothing);
  if (told) throw new Fault(told.code, told.message);
  // The answer to HEAD has no text.
  throw answer.status === 404
    ? new Fault("not_found", "This upload is no longer available")
    : offline(answer.status);
}

async function waits(
  pause: typeof import("./pause.ts").pause,
  failures: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting: { end?: () => void } = {};
  const paused = pause(failures, waiting);
  const end = () => waiting.end?.();
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  await paused;
  signal?.removeEventListener("abort", end);
}

function offline(cause: unknown): Fault {
  return new Fault("offline", "The file could not be sent. Check the connection", { cause });
}

function nothing(): undefined {}
