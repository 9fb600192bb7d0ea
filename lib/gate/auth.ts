import { type Context, HttpError, type Middleware } from "fresh";
import { Accounts } from "@/lib/accounts/accounts.ts";
import type { UserSource } from "@/lib/accounts/users.ts";
import { Fault } from "@/lib/value/fault.ts";
import { isAllowed, rolesOf } from "@/lib/value/user.ts";
import { answerAccount, answerLogout } from "./auth_account.ts";
import { identify, type Identity } from "./auth_identity.ts";
import { answerCallback, answerLogin, startElsewhere } from "./auth_login.ts";
import { below, redirect, safePath, safeQuery } from "./auth_path.ts";
import type { AuthState, Guard } from "./auth_state.ts";
import { endBodiesWith, endWith } from "./auth_stream.ts";
import { type AccountSuffix, accountSuffixOf } from "./auth_suffix.ts";
import { pathOf } from "./path.ts";
import { suffixOf } from "./guard/suffix.ts";
import { refuse } from "./reply.ts";
import { isVisit } from "./visit.ts";

/** Options for {@linkcode auth}. */
export interface AuthOptions {
  /** The source of users: `usersFrom()`, `usersFile()` or `oidc()`. */
  readonly users: UserSource;
  /** Roles that get in; one of them is enough. Default: every logged-in user. */
  readonly allow?: string | readonly string[];
  /** A sentence above the login form. */
  readonly message?: string;
  /**
   * Name of the guards that share users and logins: a lower-case word, default `main`. Guards with other users need
   * another realm.
   */
  readonly realm?: string;
  /** How long a login lasts without a request, in milliseconds. Default 12 hours. */
  readonly idleMs?: number;
  /** How long a login lasts at most, in milliseconds. Default 7 days. */
  readonly absoluteMs?: number;
}

const HOUR_MS = 3_600_000;
const CHALLENGE = { headers: { "www-authenticate": "Bearer" } };
const REALM = /^[a-z][a-z0-9]{0,31}$/;

/**
 * Guards an app or a folder of routes: the default export of its `_middleware.ts`. Without a login nothing below it
 * is answered: no page, no event, no file, no API. People are redirected to `<page>/login`; programs send an API
 * key, made at `<page>/account`.
 *
 * @example
 * ```ts
 * // routes/_middleware.ts
 * import { auth, usersFile } from "atoll";
 *
 * export default auth({ users: usersFile() });
 * ```
 * @throws {TypeError} for an invalid realm or role.
 */
export function auth<S extends AuthState>(options: AuthOptions): Middleware<S> {
  const { users, message, realm = "main", idleMs = 12 * HOUR_MS, absoluteMs = 7 * 24 * HOUR_MS } = options;
  if (!REALM.test(realm)) throw new TypeError(`Cannot use the realm "${realm}": it is a lower-case word`);
  const allow = options.allow === undefined ? undefined : rolesOf(options.allow, "auth()");
  for (const ms of [idleMs, absoluteMs]) {
    if (!(ms > 0)) throw new RangeError(`Cannot let a login last ${ms} ms: it is a number over 0`);
  }
  return async (context) => {
    const { req, state } = context;
    const { accounts } = state;
    if (!(accounts instanceof Accounts)) {
      throw new Error("Cannot guard: main.ts has no app.use(hostPages) with accounts");
    }
    accounts.claim(realm, users);
    if (isVisit(req)) return await context.next();
    if (state.account) {
      // The guard above has its login below each page, where this one would have its own.
      if (state.account.realm !== realm) throw new Error(`Cannot guard with "${realm}" inside another realm`);
      if (!isAllowed(state.account.user, allow)) throw new HttpError(404);
      return await context.next();
    }
    const page = pathOf(req.url);
    const guard: Guard = {
      accounts,
      users,
      realm,
      allow,
      message,
      times: { idleMs, absoluteMs },
      page: safePath(page),
      query: safeQuery(req.url),
      client: (context.info?.remoteAddr as Deno.NetAddr | undefined)?.hostname ?? "",
    };
    const suffix = accountSuffixOf(req);
    try {
      const identity = await identify(req, { ...guard, page });
      if (suffix) return await answerPart(context, guard, suffix, identity);
      if (!identity) return stranger(req, guard);
      if (!isAllowed(identity.user, allow)) throw new HttpError(404);
      checkWrite(req, identity);
      state.account = {
        user: identity.user,
        realm,
        url: below(guard.page, "account"),
        logout: below(guard.page, "logout"),
      };
      return await answerWithin(context, guard, identity);
    } catch (error) {
      return refused(req, error, suffix?.part);
    }
  };
}

/**
 * Guards a folder below a guard of `auth()`. Users with none of the roles get a 404.
 *
 * @example
 * ```ts
 * // routes/members/desk/_middleware.ts
 * import { requires } from "atoll";
 *
 * export default requires("editor");
 * ```
 */
export function requires<S extends AuthState>(...roles: readonly string[]): Middleware<S> {
  const allow = rolesOf(roles, "requires()");
  return (context) => {
    if (isVisit(context.req)) return context.next();
    const { account } = context.state;
    if (!account) throw new Error("Cannot require a role here: no auth() stands in a _middleware.ts above");
    if (!isAllowed(account.user, allow)) throw new HttpError(404);
    return context.next();
  };
}

async function answerWithin<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  identity: Identity,
): Promise<Response> {
  const opened = guard.accounts.opened.open(identity);
  endBodiesWith(context.req, opened);
  let response: Response;
  try {
    response = await context.next();
  } catch (error) {
    opened[Symbol.dispose]();
    // What went wrong may be that the body was cut off.
    if (opened.ended) return stranger(context.req, guard);
    throw new Inside(error);
  }
  if (opened.ended) {
    await response.body?.cancel();
    return stranger(context.req, guard);
  }
  // What is for one person must not be kept by what lies between.
  if (!response.headers.has("cache-control")) {
    response = new Response(response.body, response);
    response.headers.set("cache-control", "private, no-store");
  }
  return endWith(response, opened);
}

const METHODS: { readonly [part in AccountSuffix["part"]]: string } = {
  login: "GET, HEAD, POST",
  "login/start": "GET",
  "login/callback": "GET",
  logout: "POST",
  account: "GET, HEAD, POST",
};

async function answerPart<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  { part, request }: AccountSuffix,
  identity: Identity | undefined,
): Promise<Response> {
  switch (part) {
    case "login":
      return await answerLogin(context, guard, request, identity);
    case "login/start":
      return await startElsewhere(guard, request);
    case "login/callback":
      return await answerCallback(context, guard, request);
    case "logout":
    case "account":
      if (!identity) return stranger(request, guard);
      // A key is not to make other keys, nor to log its owner out.
      if (identity.way === "key") throw new HttpError(404);
      checkWrite(request, identity);
      return part === "logout"
        ? await answerLogout(context, guard, request, identity)
        : await answerAccount(context, guard, request, identity);
    default:
      return part satisfies never;
  }
}

// People are led to the login, programs are told.
function stranger(request: Request, { page, query }: Guard): Response {
  // A file is there for those who are logged in, or it is not: that is no business of others.
  suffixOf(request);
  if (wantsPage(request)) return redirect(`${below(page, "login")}${query}`);
  const fault = new Fault("unauthorized", "Log in first, or send a key in the header Authorization: Bearer");
  return refuse(fault, CHALLENGE);
}

// A browser sends cookies by itself. What writes must say where it comes from, which the guard outside has looked at,
// or carry what no page of another site can make a browser send.
function checkWrite({ method, headers }: Request, { way }: Identity): void {
  if (way !== "cookie" || method === "GET" || method === "HEAD" || method === "OPTIONS") return;
  if (headers.has("origin") || headers.has("sec-fetch-site") || headers.has("atoll-session")) return;
  throw new Fault(
    "forbidden",
    "A request that changes something must say where it comes from: send an Origin",
  );
}

function wantsPage({ method, headers }: Request): boolean {
  return (method === "GET" || method === "HEAD") && !headers.has("authorization") &&
    headers.get("accept")?.includes("text/html") === true;
}

/** An internal error of the guard, handled like an error without a guard. */
class Inside extends Error {
  constructor(override readonly cause: unknown) {
    super("Inside the guard");
  }
}

// Whatever keeps the guard from knowing who asks, keeps everybody out.
function refused(request: Request, error: unknown, part?: AccountSuffix["part"]): Response {
  if (error instanceof Inside) throw error.cause;
  if (error instanceof HttpError) throw error;
  if (error instanceof Fault && error.status < 500) {
    if (error.code === "not_found") throw new HttpError(404);
    if (error.code === "method_not_allowed" && part !== undefined) {
      return refuse(error, { headers: { allow: METHODS[part] } });
    }
    return refuse(error, error.code === "unauthorized" ? CHALLENGE : {});
  }
  const text = "It cannot be said at the moment who is logged in. Try again soon";
  if (wantsPage(request)) throw new HttpError(503, text, { cause: error });
  return refuse(new Fault("offline", text, { cause: error }));
}
