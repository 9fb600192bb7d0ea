import { addressSet } from "./address.ts";

/** What the operator may set about who may call, how often, and whom the server may call. */
export interface GuardSettings {
  /** Origins whose pages may frame ours. `ATOLL_EMBED`, separated by commas; default none. */
  readonly embed: readonly string[];
  /** Origins that may call from scripts. `ATOLL_CORS`, separated by commas; default none. */
  readonly cors: readonly string[];
  /** Whether these may send cookies along. `ATOLL_CORS_CREDENTIALS=1`. */
  readonly corsCredentials: boolean;
  /** Addresses and networks of the proxies in front, whose word on the client counts. `ATOLL_PROXIES`, default none. */
  readonly proxies: readonly string[];
  /** Requests of one address that may be under way at once. `ATOLL_CONNECTIONS`, default 1,024; the launcher makes it a quarter of the descriptors where that is less. */
  readonly connections: number;
  /** Requests a second of one address. `ATOLL_RATE`, default 300, and no limit to speak of for this machine itself. */
  readonly rate: number | undefined;
  /** The longest wait for the next bytes of a body, in milliseconds. `ATOLL_BODY_TIMEOUT`, in seconds, default 30. */
  readonly stallMs: number | undefined;
  /** Hosts that `safeFetch` may ask. `ATOLL_FETCH`: names separated by commas, or `public`; default none. */
  readonly fetch: "public" | readonly string[];
}

/** Requests of one address that may be under way at once, unless `ATOLL_CONNECTIONS` says otherwise. */
export const CONNECTIONS = 1024;

type Env = (name: string) => string | undefined;

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

/** Reads these settings. @throws {RangeError} when one is wrong; the message says what would be right. */
export function readGuardSettings(env: Env): GuardSettings {
  const seconds = count(env, "ATOLL_BODY_TIMEOUT", 1, 3600);
  return {
    embed: listed(env, "ATOLL_EMBED").map((text) => originOf("ATOLL_EMBED", text)),
    cors: listed(env, "ATOLL_CORS").map((text) => originOf("ATOLL_CORS", text)),
    corsCredentials: count(env, "ATOLL_CORS_CREDENTIALS", 0, 1) === 1,
    proxies: networks(env),
    connections: count(env, "ATOLL_CONNECTIONS", 1, 1_000_000) ?? CONNECTIONS,
    rate: count(env, "ATOLL_RATE", 1, 1_000_000),
    stallMs: seconds === undefined ? undefined : 1000 * seconds,
    fetch: hosts(env),
  };
}

function listed(env: Env, name: string): string[] {
  return (env(name) ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
}

// As a browser writes it, because it is compared letter by letter.
function originOf(name: string, text: string): string {
  if (/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) && URL.parse(text)?.origin === text) return text;
  throw new RangeError(
    `Cannot use ${name}=${text}: it must be origins such as https://app.example or http://localhost:3000, without a path`,
  );
}

function networks(env: Env): string[] {
  const all = listed(env, "ATOLL_PROXIES");
  try {
    addressSet(all);
  } catch (error) {
    throw new RangeError(`Cannot use ATOLL_PROXIES: ${(error as Error).message}`);
  }
  return all;
}

function hosts(env: Env): "public" | readonly string[] {
  const all = listed(env, "ATOLL_FETCH").map((host) => host.toLowerCase());
  if (all.length === 1 && all[0] === "public") return "public";
  for (const host of all) {
    if (host === "public" || !HOST.test(host) || URL.parse(`http://${host}/`)?.host !== host) {
      throw new RangeError(
        `Cannot use ATOLL_FETCH=${host}: it must be public, or host names such as files.example`,
      );
    }
  }
  return all;
}

/**
 * A setting that is a whole number; `undefined` where it is not set.
 *
 * @throws {RangeError} when it is something else, or outside `min` to `max`.
 */
export function count(env: Env, name: string, min: number, max: number): number | undefined {
  const text = env(name);
  if (text === undefined || text === "") return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`Cannot use ${name}=${text}: it must be a whole number from ${min} to ${max}`);
}
