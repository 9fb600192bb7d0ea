import type { Accounts } from "@/lib/accounts/accounts.ts";
import { looksLikeKey, opens } from "@/lib/accounts/keys.ts";
import { type LoginTimes, userId } from "@/lib/accounts/logins.ts";
import type { Standing } from "@/lib/accounts/standing.ts";
import type { Known, UserSource } from "@/lib/accounts/users.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { User } from "@/lib/value/user.ts";
import { cookieName, readCookie } from "./auth_cookie.ts";

/** Who asks, and how that is known. */
export interface Identity extends Standing {
  readonly known: Known;
}

/** Where somebody wants to go, and how they may show who they are. */
export interface IdentityOptions {
  readonly accounts: Accounts;
  readonly realm: string;
  readonly users: UserSource;
  readonly times: LoginTimes;
  /** Path of the page. */
  readonly page: string;
}

/**
 * Who asks; `undefined`: nobody that is known.
 *
 * @throws {Fault} `unauthorized` for a key that is none, that stands in the address, or that is somebody else's than the
 * login beside it; `not_found` for a key that does not open this page.
 */
export async function identify(request: Request, options: IdentityOptions): Promise<Identity | undefined> {
  const query = request.url.indexOf("?");
  if (query !== -1 && looksLikeKey(request.url.slice(query))) {
    // Addresses are kept in logs and histories.
    throw new Fault(
      "unauthorized",
      "A key is sent in the header Authorization: Bearer, never in the address",
    );
  }
  const authorization = request.headers.get("authorization");
  const token = /^bearer +(.*)$/i.exec(authorization ?? "")?.[1];
  const [login, key] = await Promise.all([
    byCookie(request, options),
    token === undefined ? undefined : byKey(token.trim(), options),
  ]);
  if (token === undefined) return login;
  if (!key || (login && login.user.id !== key.user.id)) {
    throw new Fault("unauthorized", "The key is unknown or has been revoked");
  }
  return key;
}

async function byCookie(request: Request, options: IdentityOptions): Promise<Identity | undefined> {
  const { accounts, realm, users, times } = options;
  const secret = readCookie(request, cookieName(realm));
  const login = secret === undefined ? undefined : await accounts.logins.find(realm, secret, times);
  if (!login) return undefined;
  // What was true at the login need not be any more: the source has the last word, where it can be asked.
  const known = await accounts.find(realm, users, login);
  return known && { user: userOf(realm, known), known, by: login.id, way: "cookie", realm, users, times };
}

async function byKey(token: string, options: IdentityOptions): Promise<Identity | undefined> {
  const { accounts, realm, users, times, page } = options;
  const key = await accounts.keys.find(realm, token);
  if (!key) return undefined;
  const known = await accounts.find(realm, users, { ...key, roles: key.owned });
  if (!known) return undefined;
  if (!opens(key, page)) throw new Fault("not_found", "There is nothing here");
  const roles = known.roles.filter((role) => key.roles.includes(role));
  return { user: userOf(realm, { ...known, roles }), known, by: key.id, way: "key", realm, users, times };
}

/** The user of a realm that a source knows. */
export function userOf(realm: string, { subject, name, roles }: Known): User {
  return Object.freeze({ id: userId(realm, subject), name, roles: Object.freeze([...roles]) });
}
