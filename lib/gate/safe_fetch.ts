import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Fault } from "@/lib/value/fault.ts";
import { ask, headersOf, read } from "./outgoing.ts";
import { isPublic } from "./public_address.ts";

/** Whom the server may ask. */
export interface SafeFetchPolicy {
  /**
   * `public`: whatever resolves to public addresses only, at ports 80 and 443. A list: these hosts, `name` or `name:port`, wherever they are.
   * An empty list: nobody.
   */
  readonly hosts: "public" | readonly string[];
  /** Which ports `public` may ask; the text is empty for the scheme's own. Default 80 and 443. */
  readonly isPort?: (port: string) => boolean;
  /** Finds the addresses of a name. Default the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Most bytes of an answer, after decoding. Default 10 MB. */
  readonly maxBytes?: number;
  /** Longest wait for all of it, in milliseconds. Default 20 s. */
  readonly totalMs?: number;
  /** Longest wait for the headers of one answer, in milliseconds. Default 10 s. */
  readonly headersMs?: number;
}

/** What to send. */
export interface SafeFetchOptions {
  /** Default GET. */
  readonly method?: "GET" | "HEAD" | "POST";
  /** Sent to the first host only; none of cookies, credentials, names of hosts or of the way here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent by POST to the first host only. */
  readonly body?: Uint8Array | string;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** An answer from outside, whole. */
export interface SafeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Where it came from in the end. */
  readonly url: string;
}

/** Asks somebody outside. */
export type SafeFetch = (url: string, options?: SafeFetchOptions) => Promise<SafeAnswer>;

/** The ports of the web; none where it is the scheme's own. At others listen services that talk to whoever asks. */
function isWebPort(port: string): boolean {
  return port === "" || port === "80" || port === "443";
}

const MAX_REDIRECTS = 5;
const MAX_BYTES = 10_000_000;
const TOTAL_MS = 20_000;
const HEADERS_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const NEVER_SENT =
  /^(?:cookie|host|forwarded|connection|transfer-encoding|content-length|(?:x-forwarded|proxy|sec)-.*|upgrade|te|via|user-agent|accept-encoding)$/i;

/**
 * The only way in which the server asks anybody outside. Every hop is checked: scheme, name, and all addresses that the
 * name has at that moment; the connection goes to one of the addresses that were checked. No cookies, no way to tell from
 * a refusal what is there.
 *
 * @throws {Fault} (by the promise) `refused`, always with the same text; `cancelled` when `signal` ends it.
 */
export function safeFetch(policy: SafeFetchPolicy): SafeFetch {
  return async (url, options = {}) => {
    const total = AbortSignal.timeout(policy.totalMs ?? TOTAL_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, total]) : total;
    try {
      return await follow(url, options, policy, signal);
    } catch (cause) {
      if (options.signal?.aborted) throw new Fault("cancelled", "The request was cancelled", { cause });
      throw new Fault("refused", "The address could not be read, or may not be", { cause });
    }
  };
}

async function follow(
  first: string,
  { method: given = "GET", headers = {}, body: sent }: SafeFetchOptions,
  policy: SafeFetchPolicy,
  signal: AbortSignal,
): Promise<SafeAnswer> {
  const { headersMs = HEADERS_MS, maxBytes = MAX_BYTES } = policy;
  let method = given;
  let body = method === "POST" ? sent : undefined;
  let own: Readonly<Record<string, string>> = headers;
  let url = parse(first);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const address = await admitted(url, policy, signal);
    const message = await ask(url, address, { method, headers: headersFor(own), body, signal, headersMs });
    const status = message.statusCode ?? 0;
    const { location } = message.headers;
    if (!REDIRECTS.has(status) || location === undefined) {
      const bytes = method === "HEAD" ? new Uint8Array() : await read(message, maxBytes, signal);
      message.destroy();
      return { status, headers: headersOf(message), body: bytes, url: url.href };
    }
    message.destroy();
    const next = parse(location, url);
    if (next.origin !== url.origin) own = {};
    if (next.origin !== url.origin || (status !== 307 && status !== 308)) {
      method = method === "HEAD" ? "HEAD" : "GET";
      body = undefined;
    }
    url = next;
  }
  throw new RangeError(`More than ${MAX_REDIRECTS} redirects`);
}

function parse(text: string, base?: URL): URL {
  // A URL parser drops these without a word, and two parsers may not agree on what is left.
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f\\]/.test(text) || text.length > 8192) {
    throw new TypeError("The address has odd characters");
  }
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError("The scheme is not http or https");
  }
  if (url.username !== "" || url.password !== "") throw new TypeError("The address names a user");
  return url;
}

/** The address to connect to. @throws when the policy does not allow it */
async function admitted(url: URL, policy: SafeFetchPolicy, signal: AbortSignal): Promise<string> {
  const { hosts, resolve = addressesOf } = policy;
  // With its port, unless that is the scheme's own.
  const listed = hosts !== "public" && hosts.includes(url.host);
  if (url.port === "0") throw new TypeError("There is no port 0");
  if (hosts === "public" && !(policy.isPort ?? isWebPort)(url.port)) {
    throw new TypeError(`Port ${url.port} is none of the web: a list of hosts may name it`);
  }
  if (hosts !== "public" && !listed) throw new TypeError(`${url.host} is not on the list`);
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(name) === 0 ? await before(signal, resolve(name)) : [name];
  const [address] = addresses;
  if (address === undefined) throw new TypeError(`${name} has no address`);
  if (!listed) {
    for (const one of addresses) {
      if (!isPublic(one)) throw new TypeError(`${name} is at ${one}, which is not public`);
    }
  }
  return address;
}

async function addressesOf(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** Settles as `promise` does, or fails when the signal ends first. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

function headersFor(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!NEVER_SENT.test(name)) headers[name.toLowerCase()] = value;
  }
  return { accept: "*/*", ...headers, "user-agent": "Atoll", "accept-encoding": "gzip, deflate, br" };
}
