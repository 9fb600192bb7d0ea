import { EXPOSITION } from "@/lib/ops/exposition.ts";
import type { Health } from "@/lib/ops/health.ts";
import { Fault } from "@/lib/value/fault.ts";
import { pathOf } from "./path.ts";
import { refuse } from "./reply.ts";

/** Answers what belongs to the server itself and to none of its pages; `undefined` for everything else. */
export type ServerPaths = (request: Request) => Response | Promise<Response> | undefined;

/**
 * `/healthz` says that the process answers, `/healthz/ready` whether it should be sent people, `/metrics` how it goes if
 * there is something to say it.
 */
export function serverPaths(health: Health, metrics?: () => string): ServerPaths {
  return (request) => {
    const { url } = request;
    if (!url.includes("/healthz") && !(metrics && url.includes("/metrics"))) return undefined;
    switch (pathOf(url)) {
      case "/healthz":
        return read(request, () => json(200, { status: "ok" }));
      case "/healthz/ready":
        return read(request, async () => {
          const reasons = await health.reasons();
          return reasons.length === 0
            ? json(200, { status: "ready" })
            : json(503, { status: "not_ready", reasons });
        });
      case "/metrics":
        return metrics && read(request, () => text(EXPOSITION, 200, metrics()));
      default:
        return undefined;
    }
  };
}

function read(request: Request, answer: () => Response | Promise<Response>): Response | Promise<Response> {
  if (request.method === "GET" || request.method === "HEAD") return answer();
  const fault = new Fault("method_not_allowed", "This answers GET and HEAD");
  return refuse(fault, { headers: { allow: "GET, HEAD" } });
}

function json(status: number, body: unknown): Response {
  return text("application/json; charset=utf-8", status, JSON.stringify(body));
}

function text(type: string, status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": type, "cache-control": "no-store" } });
}
