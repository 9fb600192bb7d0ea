import type { App, Middleware } from "fresh";
import { networkOf } from "@/lib/value/address.ts";
import type { Around } from "./around.ts";
import { throughAccount } from "./auth_suffix.ts";
import { isHere, leftover, limitStalls, STALL_MS } from "./arrival.ts";
import { compress } from "./compress.ts";
import { CompressedFiles } from "./compress_files.ts";
import { addressSet } from "./guard/address.ts";
import type { Arrival, EntryRule, ExitRule, Policy } from "./guard/arrival.ts";
import { cutShort } from "./guard/cut.ts";
import {
  bodilessRule,
  connectionsRule,
  hostRule,
  isolationRule,
  methodRule,
  originRule,
  pathRule,
  preflightRule,
  rateRule,
  READS,
  sendsBody,
  sizeRule,
} from "./guard/entry.ts";
import { bounded } from "./guard/bounded.ts";
import {
  ANSWER_HEADERS,
  corsRule,
  embedRule,
  headersRule,
  keepRule,
  policyRule,
  secureRule,
} from "./guard/exit.ts";
import {
  type ConnectionInfo,
  ForgottenProxy,
  keepPublicUrl,
  type Peer,
  peerOf,
  ProxyWithPath,
  seenFrom,
} from "./guard/peer.ts";
import { Flights, Rate } from "./guard/rate.ts";
import { forward } from "./guard/suffix.ts";
import { Fault, FAULTS } from "@/lib/value/fault.ts";
import { refuse } from "./reply.ts";
import type { ServerPaths } from "./server_paths.ts";
import type { Watch } from "./watch.ts";
import { isVisit } from "./visit.ts";

export { ANSWER_HEADERS } from "./guard/exit.ts";
export { type Suffix, suffixOf } from "./guard/suffix.ts";

/** Options for {@linkcode guarded}. */
export interface GuardOptions {
  /** Names that the server answers to besides loopback's, without port; `*` is any. */
  readonly names: readonly string[];
  readonly dev: boolean;
  /** Origins whose pages may frame ours. Default none. */
  readonly embed?: readonly string[];
  /** Origins that may call from scripts. Default none. */
  readonly cors?: readonly string[];
  /** Whether these may send cookies along. Default false. */
  readonly corsCredentials?: boolean;
  /** Addresses and networks of the proxies in front, whose word on the client counts. Default none. */
  readonly proxies?: readonly string[];
  /** Requests of one address that may be under way at once. Default 1,024. */
  readonly connections?: number;
  /** Requests a second of one address in the long run, ten times as many at once. Default 300. */
  readonly rate?: number | undefined;
  /** Largest upload in bytes. Default 1 GiB. */
  readonly maxUploadBytes?: number;
  /** The longest wait for the next bytes of a body, in milliseconds. Default 30 s. */
  readonly stallMs?: number | undefined;
  /** Answers before any route, whatever the routes are. */
  readonly serverPaths?: ServerPaths | undefined;
  /** Told of every request and every answer, refusals too. */
  readonly watch?: Watch | undefined;
  /** Goes on round every answer. */
  readonly around?: Around | undefined;
  /** Whether the server stops. Default never. */
  readonly leaving?: (() => boolean) | undefined;
  /** Milliseconds since any fixed moment, for the rate. */
  readonly now?: () => number;
}

/** The rules that the guard keeps, in their order. */
export interface GuardRules {
  /** For whoever asks, whatever it is: these come before all else that is done for a request. */
  readonly limits: readonly EntryRule[];
  /** For what comes in: the first that refuses or answers is the last. */
  readonly entry: readonly EntryRule[];
  /** For what goes out: all of them. */
  readonly exit: readonly ExitRule[];
}

/** All rules. A test gives fewer to see that every one of them is needed; no setting does. */
export const RULES: GuardRules = {
  limits: [connectionsRule, rateRule, bodilessRule],
  entry: [hostRule, methodRule, sizeRule, pathRule, preflightRule, originRule, isolationRule],
  exit: [headersRule, keepRule, policyRule, embedRule, corsRule, secureRule],
};

/**
 * Runs a middleware for pages only. An event's answer is no document: what documents may do is of no use to it, and
 * takes time to say.
 */
export function forPages<S>(middleware: Middleware<S>): Middleware<S> {
  return (context) => {
    const isEvent = context.req.method === "POST" &&
      context.req.headers.get("content-type")?.startsWith("application/json") === true;
    return isEvent ? context.next() : middleware(context);
  };
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const RATE = 300;
// From this machine come its operator's programs, and a proxy that is not listed: for one client this is no rate.
const LOCAL_RATE = 100_000;
const BURST = 10;
const FORM_BYTES = 8 * 1024 * 1024;

/**
 * Puts the one outermost guard round an app: every request is looked at before anything else sees it, every answer
 * gets its headers, those for errors and files too. Fresh's middlewares cannot do this: an error passes them by.
 *
 * It works by the documented `handler()` of the app, which its server and `listen()` call.
 */
export function guarded<S>(app: App<S>, options: GuardOptions, rules: GuardRules = RULES): App<S> {
  const inner = app.handler.bind(app);
  const policy = policyOf(options);
  const { serverPaths, watch, around, stallMs } = options;
  const files = new CompressedFiles();
  app.handler = () => {
    const handle = inner();
    const route = (request: Request, info: ConnectionInfo, peer: Peer) =>
      forward(request, (next) => throughAccount(next, (page) => handle(page, seenFrom(info, peer))));
    const respond = async (arrival: Arrival, info: ConnectionInfo) => {
      const { request, peer } = arrival;
      let response: Response;
      try {
        response = admit(arrival, policy, rules.entry) ??
          await (serverPaths?.(request) ?? readBounded(arrival, policy, (next) => route(next, info, peer)));
      } catch (error) {
        response = refuse(error, { dev: options.dev });
      }
      const answer = finish(response, arrival, policy, rules);
      if (request.method !== "GET") return answer;
      return await compress(answer, request, files);
    };
    const answer = (arrival: Arrival, info: ConnectionInfo): Response | Promise<Response> => {
      try {
        const refused = admit(arrival, policy, rules.limits);
        if (refused) return turnedAway(finish(refused, arrival, policy, rules), arrival);
      } catch (error) {
        return turnedAway(finish(refuse(error), arrival, policy, rules), arrival);
      }
      return around ? around(arrival.request, () => respond(arrival, info)) : respond(arrival, info);
    };
    return async (request, info) => {
      // The server's own: it has no sender, no name and no answer that anybody reads.
      if (isVisit(request)) return await handle(request, info);
      const arrival = arrived(request, info, policy);
      if (stallMs !== undefined && stallMs !== STALL_MS) limitStalls(request, stallMs);
      if (watch === undefined) return parted(await answer(arrival, info), arrival);
      const ended = watch(request, arrival.peer.client);
      const response = await answer(arrival, info);
      ended(response.status);
      return parted(response, arrival);
    };
  };
  return app;
}

/** An answer that is all that this client gets: where a body is still to come, the connection ends with it. */
function turnedAway(answer: Response, arrival: Arrival): Response | Promise<Response> {
  const { request, method, headers } = arrival;
  arrival.turnedAway = true;
  const whole = READS.has(method) ? !sendsBody(headers) : isHere(request);
  return whole ? answer : cutShort(answer);
}

/** What is left of a body counts for its address until it is there. */
function parted(answer: Response, arrival: Arrival): Response | Promise<Response> {
  const { request, headers } = arrival;
  if (READS.has(arrival.method) || arrival.turnedAway) return answer;
  // Reading such a body would have its sender begin.
  if (!request.bodyUsed && headers.has("expect")) return cutShort(answer);
  arrival.left = leftover(request);
  return answer;
}

function policyOf(options: GuardOptions): Policy {
  const { names, embed = [], cors = [], proxies = [], connections = 1024 } = options;
  const { maxUploadBytes = 2 ** 30, now = () => performance.now() } = options;
  const rateOf = (perSecond: number) => new Rate({ perSecond, burst: BURST * perSecond, now });
  const rate = rateOf(options.rate ?? RATE);
  return {
    names: new Set([...LOOPBACK, ...names]),
    cors: new Set(cors),
    corsCredentials: options.corsCredentials === true,
    dev: options.dev,
    embed,
    proxies: proxies.length === 0 ? undefined : addressSet(proxies),
    maxBodyBytes: maxUploadBytes + FORM_BYTES,
    stallMs: options.stallMs,
    forgotten: new ForgottenProxy(),
    withPath: new ProxyWithPath(),
    leaving: options.leaving ?? (() => false),
    flights: new Flights(connections),
    rate,
    localRate: options.rate === undefined ? rateOf(LOCAL_RATE) : rate,
  };
}

function arrived(request: Request, info: ConnectionInfo, { proxies, forgotten, withPath }: Policy): Arrival {
  forgotten.look(request, info, proxies);
  withPath.look(request, info, proxies);
  const peer = peerOf(request, info, proxies);
  if (proxies !== undefined) keepPublicUrl(request, peer);
  const { method, headers } = request;
  return {
    request,
    method,
    headers,
    peer,
    countedAs: networkOf(peer.client),
    completed: info?.completed,
    left: undefined,
    turnedAway: false,
  };
}

/** @throws {Fault} what a rule refuses */
function admit(arrival: Arrival, policy: Policy, rules: readonly EntryRule[]): Response | undefined {
  for (const rule of rules) {
    const response = rule(arrival, policy);
    if (response) return response;
  }
  return undefined;
}

function readBounded(
  { request, peer }: Arrival,
  { maxBodyBytes, proxies, stallMs }: Policy,
  handle: (request: Request) => Response | Promise<Response>,
): Response | Promise<Response> {
  const bound = bounded(request, maxBodyBytes);
  if (bound === undefined) return handle(request);
  if (proxies !== undefined) keepPublicUrl(bound.request, peer);
  if (stallMs !== undefined) limitStalls(bound.request, stallMs);
  return Promise.resolve(handle(bound.request)).then(async (response) => {
    if (!bound.request.bodyUsed) await bound.request.body?.cancel();
    const fault = bound.fault();
    // A route that did not expect it has no better answer than that it broke.
    return fault !== undefined && response.status === 500 ? refuse(fault) : response;
  });
}

/** Marks answers that have their headers. A property: a set of them costs more to collect. */
const WHOLE = Symbol("whole");

/**
 * An answer of 200 that is no document, with {@linkcode ANSWER_HEADERS}, so that these need not be looked for again. For
 * answers that are made often: added one by one, headers cost two microseconds, in a record six.
 */
export function wholeAnswer(
  body: BodyInit,
  type: string,
  more: readonly (readonly [string, string])[],
): Response {
  const response: Response & { [WHOLE]?: true } = new Response(body, { headers: { "content-type": type } });
  const { headers } = response;
  for (const [name, value] of WHOLE_HEADERS) headers.append(name, value);
  for (const [name, value] of more) headers.append(name, value);
  response[WHOLE] = true;
  return response;
}

const WHOLE_HEADERS = Object.entries(ANSWER_HEADERS);

function finish(given: Response, arrival: Arrival, policy: Policy, { exit }: GuardRules): Response {
  if (given.status === 101) return given;
  const response = policy.leaving() ? lastOnItsConnection(given) : given;
  if ((response as { [WHOLE]?: true })[WHOLE]) {
    if (policy.cors.size > 0) corsRule(response, arrival, policy);
    return response;
  }
  const answer = opened(response);
  for (const rule of exit) rule(answer, arrival, policy);
  return answer;
}

/**
 * An answer of a server that stops: the next request of whoever asked comes to one that stays. What did not arrive whole
 * because of the stop is no fault of its sender.
 */
function lastOnItsConnection(given: Response): Response {
  const response = given.status === FAULTS.cancelled.status
    ? refuse(new Fault("offline", "The server is about to restart. Try again shortly"))
    : opened(given);
  response.headers.set("connection", "close");
  return response;
}

function opened(response: Response): Response {
  return isOpen(response) ? response : new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: new Headers(response.headers),
  });
}

// The headers of a fetched or redirecting response cannot be changed.
function isOpen({ headers }: Response): boolean {
  try {
    headers.delete("x-atoll-open");
    return true;
  } catch {
    return false;
  }
}
