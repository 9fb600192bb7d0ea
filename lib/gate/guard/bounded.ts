import { streamBody } from "@/lib/gate/arrival.ts";

/** A request whose body ends where it may, whoever reads it. */
export interface Bounded {
  readonly request: Request;
  /** What was wrong with the body, once somebody has found out by reading it. */
  readonly fault: () => unknown;
}

/**
 * Bounds a body of untold length, which a route of the author's may read by `request.json()`: one that tells its length
 * has been compared with the limit before. `undefined` where there is nothing to bound.
 */
export function bounded(request: Request, maxBytes: number): Bounded | undefined {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD" || headers.has("content-length") || request.body === null) {
    return undefined;
  }
  let fault: unknown;
  const reader = streamBody(request, { maxBytes }).getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        fault = cause;
        throw cause;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return {
    request: new Request(request.url, { method, headers, body, signal: request.signal }),
    fault: () => fault,
  };
}
