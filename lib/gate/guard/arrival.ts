import { Fault } from "@/lib/value/fault.ts";
import type { AddressSet } from "./address.ts";
import type { ForgottenProxy, Peer, ProxyWithPath } from "./peer.ts";
import type { Flights, Rate } from "./rate.ts";

/** A request that has come in, as the rules see it. */
export interface Arrival {
  readonly request: Request;
  readonly method: string;
  readonly headers: Headers;
  readonly peer: Peer;
  /** What the peer's address is counted as. */
  readonly countedAs: string;
  /** Settles once the answer is sent or nobody is left to send it to; none where there is no server. */
  readonly completed: Promise<void> | undefined;
  /** Settles once nothing of a body is missing that nobody wanted; none where there is no such body. */
  left: Promise<void> | undefined;
  /** Whether a limit refused it, so that its connection ends with the answer where a body is missing. */
  turnedAway: boolean;
}

/** What the rules go by: the settings, made ready. */
export interface Policy {
  /** Names that the server answers to, in small letters, without port; `*` is any. */
  readonly names: ReadonlySet<string>;
  /** Origins that may call from scripts. */
  readonly cors: ReadonlySet<string>;
  /** Whether those may send cookies along. */
  readonly corsCredentials: boolean;
  /** Whether the server is one for development. */
  readonly dev: boolean;
  /** Origins whose pages may frame ours. */
  readonly embed: readonly string[];
  readonly proxies: AddressSet | undefined;
  /** Looks out for a proxy that is not listed. */
  readonly forgotten: ForgottenProxy;
  /** Looks out for a listed proxy that serves the app below a path. */
  readonly withPath: ProxyWithPath;
  /** The longest body that any route takes, in bytes. */
  readonly maxBodyBytes: number;
  /** The longest wait for the next bytes of a body, in milliseconds, where it is not the usual one. */
  readonly stallMs: number | undefined;
  /** Whether the server stops. */
  readonly leaving: () => boolean;
  /** Requests under way, by address. */
  readonly flights: Flights;
  /** Requests lately, by address. */
  readonly rate: Rate;
  /** As `rate`, for addresses of this machine. */
  readonly localRate: Rate;
}

/** Looks at a request: throws a {@linkcode Fault}, answers it itself, or lets it by. */
export type EntryRule = (arrival: Arrival, policy: Policy) => Response | undefined;

/** Puts on an answer what belongs there. */
export type ExitRule = (response: Response, arrival: Arrival, policy: Policy) => void;

/** Whether an origin is the one under which the client called the server. */
export function isOwn(origin: string, { host, scheme }: Peer): boolean {
  const name = host.toLowerCase();
  if (scheme !== undefined) return origin === `${scheme}://${name}`;
  // A proxy that is not listed may have taken the encryption off. One port cannot speak both, so nobody else has the
  // other of the two.
  return origin === `http://${name}` || origin === `https://${name}`;
}

/** The refusal of whatever comes from other sites. */
export function foreign(): Fault {
  return new Fault("forbidden", "Requests from other sites are not answered");
}

const listed = new WeakSet<Request>();

/** Keeps that a request comes from an origin that the settings name. */
export function keepListed(request: Request): void {
  listed.add(request);
}

/** Whether a request that reads comes from another origin that the settings name. */
export function isListed(request: Request): boolean {
  return listed.has(request);
}
