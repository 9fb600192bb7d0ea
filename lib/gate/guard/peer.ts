import { isIP } from "node:net";
import { log } from "@/lib/ops/log.ts";
import { plainAddress } from "@/lib/value/address.ts";
import type { AddressSet } from "./address.ts";

/** Who sent a request, and under which name the server was called. */
export interface Peer {
  /** Address of the client, without port; empty when nobody knows, as in a test without a server. */
  readonly client: string;
  /** Name and port that the client called. */
  readonly host: string;
  /** How the client came, where a listed proxy tells it. */
  readonly scheme: "http" | "https" | undefined;
}

/** What the server knows of a connection. */
export type ConnectionInfo = Deno.ServeHandlerInfo | undefined;

/**
 * Who sent a request: whoever is at the other end of the connection, or, when that is a listed proxy, whom it names.
 * What others write into these headers is of no interest.
 *
 * `X-Forwarded-For`, `-Proto` and `-Host` count, or `Forwarded` where there is no `X-Forwarded-For`.
 */
export function peerOf(request: Request, info: ConnectionInfo, proxies: AddressSet | undefined): Peer {
  const remote = (info?.remoteAddr as Deno.NetAddr | undefined)?.hostname ?? "";
  const { headers } = request;
  const host = headers.get("host") ?? "";
  if (!proxies?.has(remote)) return { client: remote, host, scheme: undefined };
  const told = headers.has("x-forwarded-for")
    ? fromSeparate(headers)
    : fromForwarded(headers.get("forwarded"));
  const scheme = told.proto?.toLowerCase();
  return {
    client: nearest(told.chain, proxies) ?? remote,
    host: told.host ?? host,
    scheme: scheme === "http" || scheme === "https" ? scheme : undefined,
  };
}

/** Logs one mistake of configuration, once. Only the first requests of a process are looked at: a proxy is there from the first on. */
abstract class FirstRequests {
  #looks: number;

  /** Looks at so many requests. Default 1,000. */
  constructor(looks = 1000) {
    this.#looks = looks;
  }

  /** Looks at a request. */
  look({ headers }: Request, info: ConnectionInfo, proxies: AddressSet | undefined): void {
    if (this.#looks === 0) return;
    this.#looks--;
    const remote = (info?.remoteAddr as Deno.NetAddr | undefined)?.hostname;
    if (remote === undefined) return;
    const mistake = this.find(headers, remote, proxies?.has(remote) ?? false);
    if (mistake === undefined) return;
    this.#looks = 0;
    log("warn", mistake.event, { message: mistake.message });
  }

  /** The mistake that a request shows. `isProxy` says whether its sender is a listed proxy. */
  protected abstract find(
    headers: Headers,
    remote: string,
    isProxy: boolean,
  ): { readonly event: string; readonly message: string } | undefined;
}

/**
 * Says once that somebody who is not a listed proxy names a client: most likely a forgotten proxy, so that all people share
 * the limits of its address.
 */
export class ForgottenProxy extends FirstRequests {
  /** See {@linkcode FirstRequests}. */
  protected override find(headers: Headers, remote: string, isProxy: boolean) {
    if (isProxy || !headers.has("x-forwarded-for") && !headers.has("forwarded")) return;
    const message =
      `${remote} sends X-Forwarded-For, which is ignored. If it is your proxy, name it in ATOLL_PROXIES: ` +
      "until then all its clients share the limits of one address";
    return { event: "forgotten_proxy", message };
  }
}

/**
 * Says once that a listed proxy serves the app below a path. The addresses in pages begin at the root of the name, so scripts,
 * styles and files would be asked for elsewhere.
 */
export class ProxyWithPath extends FirstRequests {
  /** See {@linkcode FirstRequests}. */
  protected override find(headers: Headers, remote: string, isProxy: boolean) {
    const path = headers.get("x-forwarded-prefix")?.replace(/\/+$/, "");
    if (!path || !isProxy) return;
    const message = `The proxy ${remote} serves the app below ${JSON.stringify(path.slice(0, 100))}, ` +
      "where its pages do not work: their addresses begin at the root. Give the app a host name of its own";
    return { event: "proxy_with_path", message };
  }
}

interface Told {
  /** The addresses on the way, the client's first. */
  readonly chain: readonly string[];
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

function fromSeparate(headers: Headers): Told {
  return {
    chain: listed(headers.get("x-forwarded-for")),
    proto: listed(headers.get("x-forwarded-proto")).at(-1),
    host: listed(headers.get("x-forwarded-host")).at(-1),
  };
}

function fromForwarded(header: string | null): Told {
  const hops = listed(header).map((hop) =>
    new Map(
      hop.split(";").map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [name.trim().toLowerCase(), value.join("=").trim().replace(/^"(.*)"$/, "$1")] as const;
      }),
    )
  );
  const last = hops.at(-1);
  return {
    chain: hops.map((hop) => hop.get("for") ?? ""),
    proto: last?.get("proto"),
    host: last?.get("host"),
  };
}

// Each proxy adds the address it was called from at the end. What stands before the last one that is no proxy of ours
// is what a client claims.
function nearest(chain: readonly string[], proxies: AddressSet): string | undefined {
  let found: string | undefined;
  for (const text of [...chain].reverse()) {
    const address = plainAddress(text.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1"));
    if (isIP(address) === 0) break;
    found = address;
    if (!proxies.has(address)) break;
  }
  return found;
}

function listed(header: string | null): string[] {
  return header === null ? [] : header.split(",").map((one) => one.trim());
}

const publicUrls = new WeakMap<Request, string>();

/** The address that the client asked for, where a listed proxy says that it was another one than the server's own. */
export function publicUrl(request: Request): string {
  return publicUrls.get(request) ?? request.url;
}

/** Keeps the address that the client asked for. */
export function keepPublicUrl(request: Request, { host, scheme }: Peer): void {
  const { url } = request;
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const given = `${scheme ?? "http"}://${host}${url.slice(start)}`;
  if (given !== url) publicUrls.set(request, given);
}

/**
 * What a connection says of itself, with the client that a proxy named as its other end. Deno tells the address as long as the
 * request is under way; a run may ask for it later.
 */
export function seenFrom(info: ConnectionInfo, { client }: Peer): ConnectionInfo {
  const remote = info?.remoteAddr as Deno.NetAddr | undefined;
  if (info === undefined || remote === undefined) return info;
  return new Seen(remote.hostname === client ? remote : { ...remote, hostname: client }, info);
}

class Seen implements Deno.ServeHandlerInfo {
  readonly remoteAddr: Deno.NetAddr;
  readonly #info: Deno.ServeHandlerInfo;

  constructor(remoteAddr: Deno.NetAddr, info: Deno.ServeHandlerInfo) {
    this.remoteAddr = remoteAddr;
    this.#info = info;
  }

  get completed(): Promise<void> {
    return this.#info.completed;
  }
}
