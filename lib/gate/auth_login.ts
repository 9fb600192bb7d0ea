import type { Context } from "fresh";
import { h } from "preact";
import { TooManyAttempts } from "@/lib/accounts/attempts.ts";
import { FLOW_MS, packFlow, unpackFlow } from "@/lib/accounts/flows.ts";
import { typedName } from "@/lib/accounts/name.ts";
import type { Known, PasswordSource } from "@/lib/accounts/users.ts";
import { hasControls } from "@/lib/value/controls.ts";
import { Fault } from "@/lib/value/fault.ts";
import { isAllowed } from "@/lib/value/user.ts";
import { checkType, readText } from "./arrival.ts";
import type { Identity } from "./auth_identity.ts";
import { cookieName, readCookie, setCookie } from "./auth_cookie.ts";
import { LoginPage } from "./auth_pages.tsx";
import { below, redirect, safePath } from "./auth_path.ts";
import type { AuthState, Guard } from "./auth_state.ts";
import { report } from "./reply.ts";

const MAX_FORM_BYTES = 16_384;
const WRONG = "Wrong name or password";
const AGAIN = "Logging in did not work. Try again";

/** The page for logging in, and its form. */
export async function answerLogin<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  request: Request,
  identity: Identity | undefined,
): Promise<Response> {
  const { method } = request;
  if (method === "GET" || method === "HEAD") {
    // Who is logged in and may not get in may want to come as somebody else.
    return identity && isAllowed(identity.user, guard.allow)
      ? redirect(`${guard.page}${guard.query}`)
      : await show(context, guard, {});
  }
  if (method !== "POST" || guard.users.way !== "password") {
    throw new Fault("method_not_allowed", "Logging in answers GET and POST");
  }
  const form = await readFields(request);
  const name = form.get("name") ?? "";
  try {
    const known = await check(guard, guard.users, name, form.get("password") ?? "");
    if (!known) return await show(context, guard, { name, notice: WRONG, status: 401 });
    if (isPlain(request)) {
      return await show(context, guard, {
        name,
        notice: "Logging in needs https here: by http the browser would not keep the login",
        status: 400,
      });
    }
    return await enter(guard, known, identity);
  } catch (error) {
    const later = isLater(error);
    if (!(error instanceof Fault) || error.status >= 500 && !later) throw error;
    if (error.cause !== undefined && later) report(error.cause);
    const wait = error instanceof TooManyAttempts ? error.seconds : later ? 5 : undefined;
    return await show(context, guard, {
      name,
      notice: error.message,
      status: error.status,
      headers: wait === undefined ? {} : { "retry-after": String(wait) },
    });
  }
}

/** Whether the server is too busy or cannot keep anything right now, and says so: the same may work later. */
export function isLater(error: unknown): error is Fault {
  return error instanceof Fault &&
    (error.code === "queue_full" || error.code === "offline" || error.code === "no_space");
}

async function check(
  { accounts, realm, client }: Guard,
  users: PasswordSource,
  typed: string,
  password: string,
): Promise<Known | undefined> {
  const bytes = new TextEncoder().encode(password).length;
  if (bytes === 0 || bytes > 1024) throw new Fault("bad_request", "A password has 1 to 1,024 bytes");
  // Hashes and systems behind a function end a text there, or leave such letters out: two passwords would be one.
  if (hasControls(password)) throw new Fault("bad_request", "A password has no control characters");
  const name = typedName(typed);
  const attempt = accounts.attempts.begin(client, name ?? "");
  // A name that cannot be one takes as long as one that might: what is asked for then is nobody's.
  const found = await accounts.check(realm, users, name ?? "-", password);
  const known = name === undefined ? undefined : found;
  if (known) attempt.succeeded();
  return known;
}

/** Begins a login and sends the browser to the page that it asked for. The login that it had is over. */
async function enter(
  { accounts, realm, times, page, query }: Guard,
  known: Known,
  before: Identity | undefined,
): Promise<Response> {
  const secret = await accounts.logins.begin(realm, known, times);
  if (before?.way === "cookie") {
    await accounts.logins.end({ id: before.by, realm, subject: before.known.subject });
    accounts.opened.ended(before.by);
  }
  return redirect(`${page}${query}`, {
    "set-cookie": setCookie(cookieName(realm), secret, { maxAgeSeconds: times.absoluteMs / 1000 }),
  });
}

/** Sends the browser to where one logs in elsewhere. */
export async function startElsewhere(
  { users, accounts, realm, page }: Guard,
  { method }: Request,
): Promise<Response> {
  if (users.way !== "redirect") throw new Fault("not_found", "There is nothing here");
  if (method !== "GET") throw new Fault("method_not_allowed", "Logging in elsewhere begins with a GET");
  const { url, kept } = await accounts.elsewhere(realm, users, (users, context) => users.begin(context));
  return redirect(url, {
    "set-cookie": setCookie(cookieName(realm, "flow"), packFlow({ page, kept }, accounts.now()), {
      maxAgeSeconds: FLOW_MS / 1000,
    }),
  });
}

/** Takes back a browser that comes from where one logs in elsewhere. */
export async function answerCallback<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  request: Request,
): Promise<Response> {
  const { users, accounts, realm } = guard;
  const url = new URL(request.url);
  if (users.way !== "redirect" || url.pathname !== users.callback) {
    throw new Fault("not_found", "There is nothing here");
  }
  if (request.method !== "GET") throw new Fault("method_not_allowed", "One comes back with a GET");
  const flow = unpackFlow(readCookie(request, cookieName(realm, "flow")) ?? "", accounts.now());
  const forget = setCookie(cookieName(realm, "flow"), "", { maxAgeSeconds: 0 });
  let known: Known | undefined;
  try {
    known = flow &&
      await accounts.elsewhere(realm, users, (users, context) => users.end(url.search, flow.kept, context));
  } catch (error) {
    if (!(error instanceof Fault) || error.status >= 500) throw error;
    report(error.cause ?? error);
  }
  if (!flow || !known || !await accounts.flows.end(flow)) {
    return await show(context, guard, { notice: AGAIN, status: 401, headers: { "set-cookie": forget } });
  }
  const page = safePath(flow.page);
  const response = await enter({ ...guard, page, query: "" }, known, undefined);
  response.headers.append("set-cookie", forget);
  return response;
}

/** The page for logging in. */
export async function show<S extends AuthState>(
  context: Context<S>,
  { users, message, page, query }: Guard,
  { name = "", notice, status = 200, headers = {} }: {
    name?: string;
    notice?: string;
    status?: number;
    headers?: Readonly<Record<string, string>>;
  },
): Promise<Response> {
  context.state.title = `${notice === undefined ? "" : "Error: "}Log in · Atoll`;
  const elsewhere = users.way === "redirect"
    ? { label: users.label, url: below(page, "login/start") }
    : undefined;
  return await context.render(
    h(LoginPage, {
      message,
      notice,
      wrong: notice === WRONG,
      name,
      action: `${below(page, "login")}${query}`,
      elsewhere,
    }),
    { status, headers: { "cache-control": "no-store", ...headers } },
  );
}

/** The entries of a form without files. */
export async function readFields(request: Request): Promise<URLSearchParams> {
  checkType(request, "application/x-www-form-urlencoded");
  return new URLSearchParams(await readText(request, { maxBytes: MAX_FORM_BYTES }));
}

// A browser that came by http, from elsewhere than its own machine, keeps no cookie that is marked Secure.
function isPlain({ headers }: Request): boolean {
  const origin = headers.get("origin") ?? "";
  return origin.startsWith("http:") &&
    !/^http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(origin);
}
