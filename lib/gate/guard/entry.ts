import { tooLarge } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { refuse } from "@/lib/gate/reply.ts";
import { type Arrival, foreign, isOwn, keepListed, type Policy } from "./arrival.ts";

const HOST = /^([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
/** Methods that only read. */
export const READS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]);
const MAX_URL_LENGTH = 8192;
const LOCAL = /^(?:127\.|0:0:0:0::|$)/;
// What a form of another site can send without a preflight.
const SIMPLE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i;

/** @throws {Fault} `bad_host` for a name that is none, that is not listed, or that the address does not have */
export function hostRule(
  { request: { url }, peer: { host }, headers }: Arrival,
  { names }: Policy,
): undefined {
  const called = headers.get("host") ?? "";
  // A request line with a whole address, or a name with a path in it, says another address than the header.
  const isCalled = url.startsWith(called, 7) && url.startsWith("http://") && url[7 + called.length] === "/";
  const match = HOST.exec(host);
  if (!isCalled || !match || Number(match[2] ?? 0) > 65_535) {
    throw new Fault(
      "bad_host",
      "The Host header is not a name this server could have, or not that of the address",
    );
  }
  if (names.has(match[1] as string) || names.has((match[1] as string).toLowerCase())) return;
  if (names.has("*") && URL.canParse(`http://${host}`)) return;
  throw new Fault(
    "bad_host",
    "This server does not answer to the name it was called by. Its operator can add it to ATOLL_HOSTS",
  );
}

/** Answers methods that nothing here has. */
export function methodRule({ method }: Arrival): Response | undefined {
  if (METHODS.has(method)) return undefined;
  const fault = new Fault("method_not_allowed", "This method is not answered here");
  return refuse(fault, { headers: { allow: [...METHODS].join(", ") } });
}

/**
 * @throws {Fault} `bad_request` for a path with a broken escape, which Fresh's router throws at; `not_found` for
 * what its build says about the sources
 */
export function pathRule({ request: { url } }: Arrival): undefined {
  if (!url.includes("%") && !url.includes("metafile")) return;
  const end = url.search(/[?#]/);
  let path = end === -1 ? url : url.slice(0, end);
  try {
    path = decodeURIComponent(path);
  } catch {
    throw new Fault("bad_request", "The address has an invalid % escape");
  }
  if (METAFILE.test(path)) throw new Fault("not_found", "There is nothing here");
}

// Fresh writes the names of all sources and packages beside the scripts that it makes of them.
const METAFILE = /\/_fresh\/.*metafile\.json\/*$/;

/** @throws {Fault} `bad_request` for an address, `too_large` for a body that no route would read */
export function sizeRule({ request, method, headers }: Arrival, { maxBodyBytes }: Policy): undefined {
  if (request.url.length > MAX_URL_LENGTH) {
    throw new Fault("bad_request", `The address is longer than ${MAX_URL_LENGTH} characters`);
  }
  if (READS.has(method)) return;
  if (Number(headers.get("content-length")) > maxBodyBytes) throw tooLarge("The request", maxBodyBytes);
}

/**
 * @throws {Fault} `rate_limited` when an address has too much under way: slow senders and slow readers count as well
 */
export function connectionsRule(arrival: Arrival, { flights }: Policy): undefined {
  const { countedAs, completed } = arrival;
  if (completed === undefined) return;
  if (!flights.enter(countedAs)) {
    if (isProbe(arrival)) return;
    throw new Fault("rate_limited", "Too many requests from this address are in progress");
  }
  const leave = () => flights.leave(countedAs);
  const sent = () => arrival.left ? arrival.left.then(leave) : leave();
  completed.then(sent, sent);
}

/**
 * @throws {Fault} `bad_request` for a body where none belongs: Deno gives nobody a way to read it, and waits for it
 */
export function bodilessRule({ method, headers }: Arrival): undefined {
  if (READS.has(method) && sendsBody(headers)) {
    throw new Fault("bad_request", `A request by ${method} must not have a body`);
  }
}

/** Whether a request says that it has a body. */
export function sendsBody(headers: Headers): boolean {
  return (headers.get("content-length") ?? "0") !== "0" || headers.has("transfer-encoding");
}

/** Answers who asks too often. */
export function rateRule(arrival: Arrival, { rate, localRate }: Policy): Response | undefined {
  const { countedAs } = arrival;
  const seconds = (LOCAL.test(countedAs) ? localRate : rate).take(countedAs);
  if (seconds === 0 || isProbe(arrival)) return undefined;
  const fault = new Fault("rate_limited", "Too many requests from this address. Try again shortly");
  return refuse(fault, { headers: { "retry-after": String(Math.ceil(seconds)) } });
}

/**
 * Asked for by programs of this machine, whoever else shares its address: how the server is must not be hidden by a
 * flood.
 */
const PROBES = /^http:\/\/[^/]+\/(?:healthz|healthz\/ready|metrics)$/;

function isProbe({ countedAs, method, request: { url } }: Arrival): boolean {
  return LOCAL.test(countedAs) && method === "GET" && PROBES.test(url);
}

/** Answers a script of another site that asks what it may send: only listed ones may anything. */
export function preflightRule(arrival: Arrival, { cors }: Policy): Response | undefined {
  const { method, headers, peer } = arrival;
  if (method !== "OPTIONS" || !headers.has("access-control-request-method")) return undefined;
  const origin = headers.get("origin") ?? "";
  if (isOwn(origin, peer)) return undefined;
  if (!cors.has(origin)) throw foreign();
  const asked = (headers.get("access-control-request-headers") ?? "").split(",").map((name) => name.trim());
  const answer = new Headers({
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": asked.filter((name) => SENT.test(name)).join(", "),
    "access-control-max-age": "600",
  });
  if (headers.get("access-control-request-private-network") === "true") {
    answer.set("access-control-allow-private-network", "true");
  }
  return new Response(null, { status: 204, headers: answer });
}

/** Headers that callers of the protocols send besides those that need no leave. */
const SENT =
  /^(?:accept|authorization|content-type|last-event-id|range|(?:atoll|upload|mcp|x-gradio)-[a-z-]+)$/i;

/** @throws {Fault} `forbidden` for what changes something, opens a socket or a stream, and comes from elsewhere */
export function originRule({ method, headers, peer }: Arrival, { cors }: Policy): undefined {
  if (method === "OPTIONS") return;
  const isSocket = headers.get("upgrade")?.toLowerCase().includes("websocket") === true;
  if (READS.has(method) && !isSocket && !headers.get("accept")?.includes("text/event-stream")) return;
  const origin = headers.get("origin");
  if (origin !== null) {
    if (isOwn(origin, peer) || cors.has(origin)) return;
    throw foreign();
  }
  // Every browser names the origin when it opens a socket.
  if (isSocket) throw foreign();
  const site = headers.get("sec-fetch-site");
  if (site !== null) {
    if (site === "same-origin" || site === "none") return;
    throw foreign();
  }
  // No browser of today writes without one of the two. What has a cookie all the same and needs no preflight may be
  // an old one that was led here.
  if (!READS.has(method) && headers.has("cookie") && isSimple(headers)) throw foreign();
}

function isSimple(headers: Headers): boolean {
  const type = headers.get("content-type");
  return (type === null || SIMPLE.test(type)) && !headers.has("authorization") &&
    !headers.has("atoll-session");
}

/**
 * @throws {Fault} `forbidden` for what another site's page takes in: pictures, scripts, data. Links and frames go on.
 */
export function isolationRule({ request, method, headers }: Arrival, { cors }: Policy): undefined {
  if (!READS.has(method)) return;
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return;
  if (headers.get("sec-fetch-mode") === "navigate") return;
  if (!cors.has(headers.get("origin") ?? "")) throw foreign();
  keepListed(request);
}
