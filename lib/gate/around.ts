import { log } from "@/lib/ops/log.ts";
import { pathOf } from "./path.ts";

/** Something that goes on round the answer to a request, such as measuring it. */
export type Around = (request: Request, answer: () => Promise<Response>) => Promise<Response>;

/** One for several, the first outermost; none for none, so that what is off costs nothing. */
export function around(...all: readonly (Around | undefined)[]): Around | undefined {
  return all.filter((one) => one !== undefined).reduceRight<Around | undefined>(
    (inner, outer) => inner ? (request, answer) => outer(request, () => inner(request, answer)) : outer,
    undefined,
  );
}

/** Logs each request once its answer begins: method, path, status, milliseconds. */
export function logRequests(now: () => number): Around {
  return async (request, answer) => {
    const sinceMs = now();
    const response = await answer();
    log("info", "request", {
      method: request.method,
      path: loggedPath(request.url),
      status: response.status,
      ms: Math.round((now() - sinceMs) * 10) / 10,
    });
    return response;
  };
}

// Who knows the id of a file may read it.
function loggedPath(url: string): string {
  return pathOf(url).replace(/\/files\/.*/, "/files/*");
}
