import { log } from "@/lib/ops/log.ts";
import { pathOf } from "./path.ts";

/** Told of each request, with the address of its client; what it gives is told the status of the answer. */
export type Watch = (request: Request, client: string) => (status: number) => void;

/** One for several; none for none, so that what is off costs nothing. */
export function watches(...all: readonly (Watch | undefined)[]): Watch | undefined {
  const some = all.filter((one) => one !== undefined);
  if (some.length <= 1) return some[0];
  return (request, client) => {
    const ends = some.map((one) => one(request, client));
    return (status) => {
      for (const end of ends) end(status);
    };
  };
}

/** Logs each request once its answer begins: method, path, status, milliseconds, address of the client. */
export function logRequests(now: () => number): Watch {
  return (request, client) => {
    const sinceMs = now();
    return (status) =>
      log("info", "request", {
        method: request.method,
        path: loggedPath(request.url),
        status,
        ms: Math.round((now() - sinceMs) * 10) / 10,
        // Without a server, as in a test, nobody knows.
        client: client === "" ? "unknown" : client,
      });
  };
}

// Anybody who knows the id of a file may read it.
function loggedPath(url: string): string {
  return pathOf(url).replace(/\/files\/.*/, "/files/*");
}
