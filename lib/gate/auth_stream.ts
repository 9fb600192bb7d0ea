import type { OpenedRequest } from "@/lib/accounts/opened.ts";
import { Fault } from "@/lib/value/fault.ts";
import { cutBody } from "./arrival.ts";
import { originalOf } from "./guard/suffix.ts";

/** So much is sent at once. What is longer is sent at the pace of its reader, which may be very slow. */
const LONG_BYTES = 65_536;

/** Ends a body that still comes in when the right to send it ends. */
export function endBodiesWith(request: Request, opened: OpenedRequest): void {
  const original = originalOf(request);
  const { method } = original;
  if (method === "GET" || method === "HEAD") return;
  cutBody(original, (cut) => opened.whenEnded(() => cut(new Fault("unauthorized", "The login has ended"))));
}

/** Ends an answer that still goes on when the right to it ends. */
export function endWith(response: Response, opened: OpenedRequest): Response {
  const { body, headers } = response;
  if (!body || !isLong(headers)) {
    opened[Symbol.dispose]();
    return response;
  }
  // A stream of events ends as it does when the server stops: who reads it comes again. A file must not look whole.
  const isEvents = headers.get("content-type")?.startsWith("text/event-stream");
  const reader = body.getReader();
  const tied = new ReadableStream<Uint8Array>({
    start(controller) {
      opened.whenEnded(() => {
        reader.cancel().catch(() => {});
        if (isEvents) controller.close();
        else controller.error(new Error("The login has ended"));
      });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (opened.ended) return;
        if (!done) return controller.enqueue(value);
        opened[Symbol.dispose]();
        controller.close();
      } catch (error) {
        opened[Symbol.dispose]();
        throw error;
      }
    },
    cancel(reason) {
      opened[Symbol.dispose]();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(tied, { status: response.status, statusText: response.statusText, headers });
}

function isLong(headers: Headers): boolean {
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) return true;
  const length = headers.get("content-length");
  if (length !== null) return Number(length) > LONG_BYTES;
  // Pages and refusals are whole before they are sent.
  return !type.startsWith("text/html") && !type.startsWith("application/json");
}
