import type { Context } from "fresh";
import { h } from "preact";
import type { KeyScope } from "@/lib/accounts/keys.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Identity } from "./auth_identity.ts";
import { cookieName, setCookie } from "./auth_cookie.ts";
import { isLater, readFields, show } from "./auth_login.ts";
import { AccountPage } from "./auth_pages.tsx";
import { below, redirect } from "./auth_path.ts";
import type { AuthState, Guard } from "./auth_state.ts";

const DAY_MS = 86_400_000;
const ONLY_HERE = "You are logged out in this browser only: the server cannot save that right now";

/** The page of an account, and its forms: keys are made and taken back here. */
export async function answerAccount<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  request: Request,
  { user, known }: Identity,
): Promise<Response> {
  const { accounts, realm, page } = guard;
  const { keys } = accounts;
  let token: string | undefined;
  let notice: string | undefined;
  let status = 200;
  if (request.method === "POST") {
    const form = await readFields(request);
    try {
      const id = form.get("revoke");
      if (id !== null) {
        await keys.revoke(user, id);
        accounts.opened.ended(id);
        return redirect(below(page, "account"));
      }
      token = await keys.create(user, known, realm, scopeOf(form, guard));
    } catch (error) {
      if (!(error instanceof Fault) || error.status >= 500 && !isLater(error)) throw error;
      ({ message: notice, status } = error);
    }
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    throw new Fault("method_not_allowed", "An account answers GET and POST");
  }
  context.state.title = `${notice === undefined ? "" : "Error: "}Account · Atoll`;
  return await context.render(
    h(AccountPage, {
      user,
      known,
      keys: await keys.list(user),
      page,
      action: below(page, "account"),
      logout: below(page, "logout"),
      token,
      notice,
    }),
    { status, headers: { "cache-control": "no-store" } },
  );
}

/**
 * Ends the login, or all logins of its user, and everything that they opened. The browser forgets its login even if
 * the server cannot keep that it ended.
 */
export async function answerLogout<S extends AuthState>(
  context: Context<S>,
  guard: Guard,
  request: Request,
  { user, by, known }: Identity,
): Promise<Response> {
  const { accounts, realm, page } = guard;
  if (request.method === "GET" || request.method === "HEAD") return redirect(below(page, "account"));
  if (request.method !== "POST") throw new Fault("method_not_allowed", "Logging out is a POST");
  const form = await readFields(request);
  const headers = {
    // What pages have kept in this browser to go on after a reload: tokens, ids of runs, state.
    "clear-site-data": '"storage"',
    "set-cookie": setCookie(cookieName(realm), "", { maxAgeSeconds: 0 }),
  };
  try {
    const over = form.has("everywhere") ? await accounts.logins.endAll(user) : [];
    await accounts.logins.end({ id: by, realm, subject: known.subject });
    for (const id of [by, ...over]) accounts.opened.ended(id);
  } catch (error) {
    if (!isLater(error)) throw error;
    accounts.opened.ended(by);
    return await show(context, guard, { notice: ONLY_HERE, status: error.status, headers });
  }
  return redirect(below(page, "login"), headers);
}

function scopeOf(form: URLSearchParams, { page, accounts }: Guard): KeyScope {
  const routes = (form.get("routes") ?? "").split(/[\s,]+/).filter((route) => route !== "");
  const days = form.get("days") || undefined;
  if (days !== undefined && !(Number.isInteger(Number(days)) && Number(days) > 0 && Number(days) <= 3650)) {
    throw new Fault("bad_input", "The days of a key are a whole number from 1 to 3650");
  }
  return {
    label: (form.get("label") ?? "").trim(),
    routes: routes.length === 0 ? [page] : routes,
    // All that somebody has now are these roles, and none that they are given later.
    roles: form.getAll("role"),
    expiresMs: days === undefined ? undefined : accounts.now() + Number(days) * DAY_MS,
  };
}
