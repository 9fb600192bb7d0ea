import type { ComponentChildren, VNode } from "preact";
import { type ApiKey, EVERY_PAGE, isEnded } from "@/lib/accounts/keys.ts";
import type { Known } from "@/lib/accounts/users.ts";
import type { User } from "@/lib/value/user.ts";

/** What the page for logging in shows. */
export interface LoginPageOptions {
  /** The author's words above the form. */
  readonly message: string | undefined;
  /** Why it did not work. */
  readonly notice: string | undefined;
  /** Whether name or password is wrong. */
  readonly wrong: boolean;
  /** The name that was typed. */
  readonly name: string;
  /** Where the form is sent to. */
  readonly action: string;
  /** Where one logs in elsewhere, in place of the form. */
  readonly elsewhere: { readonly label: string; readonly url: string } | undefined;
}

/** A form for name and password, or a link to where one logs in. Works without script. */
export function LoginPage({ message, notice, wrong, name, action, elsewhere }: LoginPageOptions): VNode {
  return (
    <section class="max-w-sm py-8 mx-auto" aria-labelledby="login-title">
      <h1 id="login-title">Log in</h1>
      {message === undefined ? null : <p class="mt-2 text-soft">{message}</p>}
      {notice === undefined ? null : <p id="login-notice" class="mt-4 atoll-notice">{notice}</p>}
      {elsewhere
        ? (
          <p class="mt-6">
            <a class="at-btn" data-variant="primary" href={elsewhere.url}>{elsewhere.label}</a>
          </p>
        )
        : (
          <form class="mt-6 atoll-column" method="post" action={action}>
            <Field id="name" label="Name">
              <input
                id="name"
                class="at-ctl"
                name="name"
                value={name}
                autocomplete="username"
                autocapitalize="none"
                spellcheck={false}
                maxLength={128}
                required
                aria-invalid={wrong ? "true" : undefined}
                aria-describedby={notice === undefined ? undefined : "login-notice"}
              />
            </Field>
            <Field id="password" label="Password">
              <input
                id="password"
                class="at-ctl"
                type="password"
                name="password"
                autocomplete="current-password"
                required
                aria-invalid={wrong ? "true" : undefined}
                aria-describedby={notice === undefined ? undefined : "login-notice"}
              />
            </Field>
            <button class="at-btn" type="submit" data-variant="primary">Log in</button>
          </form>
        )}
    </section>
  );
}

/** What the page of an account shows. */
export interface AccountPageOptions {
  readonly user: User;
  /** How their source of users knows them now. */
  readonly known: Known;
  readonly keys: readonly ApiKey[];
  /** Path of the page that the account belongs to. */
  readonly page: string;
  /** Where its forms are sent to. */
  readonly action: string;
  /** Where the form for logging out is sent to. */
  readonly logout: string;
  /** A key that was just made. It is shown this once. */
  readonly token: string | undefined;
  /** Why something did not work. */
  readonly notice: string | undefined;
}

/** Who is logged in, their keys, and the ways out. Works without script. */
export function AccountPage(
  { user, known, keys, page, action, logout, token, notice }: AccountPageOptions,
): VNode {
  return (
    <div class="max-w-xl py-8 mx-auto atoll-column">
      <h1>Account</h1>
      <p>
        Logged in as <strong>{user.name}</strong>{" "}
        {user.roles.length === 0 ? null : <span class="text-soft">({user.roles.join(", ")})</span>}
      </p>
      {notice === undefined ? null : <p class="atoll-notice">{notice}</p>}
      <form class="flex flex-wrap gap-2" method="post" action={logout}>
        <a class="at-btn" href={page}>Back to the page</a>
        <button class="at-btn" type="submit">Log out</button>
        <button class="at-btn" type="submit" name="everywhere" value="yes" data-variant="stop">
          Log out everywhere
        </button>
      </form>
      <h2 class="mt-6">Keys for programs</h2>
      <p class="text-soft">
        A program that calls this app sends a key in its header <code>Authorization: Bearer</code>{" "}
        and may do what the key may. Treat it like a password.
      </p>
      {token === undefined ? null : (
        <div class="at-card" role="status">
          <p>This is the new key. It is shown this once:</p>
          <p class="mt-2 break-all">
            <code>{token}</code>
          </p>
        </div>
      )}
      {keys.length === 0 ? null : (
        <ul class="atoll-column">
          {keys.map((key) => (
            <li key={key.id} class="at-card">
              <form class="flex flex-wrap items-center gap-2" method="post" action={action}>
                <input type="hidden" name="revoke" value={key.id} />
                <span class="flex-1 min-w-0">
                  <strong>{key.label}</strong>
                  <span class="block text-soft">{described(key, known)}</span>
                </span>
                <button
                  class="at-btn"
                  type="submit"
                  data-size="sm"
                  aria-label={`Take back the key ${key.label}`}
                >
                  Take back
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <form class="atoll-column" method="post" action={action}>
        <h3 class="mt-2">Make a key</h3>
        <Field id="label" label="Name of the key">
          <input id="label" class="at-ctl" name="label" maxLength={100} required autocomplete="off" />
        </Field>
        <Field
          id="routes"
          label="Pages"
          info={`Their paths, such as /demos/members or /demos/*. ${EVERY_PAGE} is every page, also those that come later. Left empty: ${page} alone`}
        >
          <input
            id="routes"
            class="at-ctl"
            name="routes"
            placeholder={page}
            autocomplete="off"
            aria-describedby="routes-info"
          />
        </Field>
        {user.roles.length === 0 ? null : (
          <fieldset class="p-0 m-0">
            <legend class="p-0 font-medium">Roles</legend>
            {user.roles.map((role) => (
              <div key={role} class="at-check">
                <input id={`role-${role}`} type="checkbox" name="role" value={role} checked />
                <label for={`role-${role}`}>{role}</label>
              </div>
            ))}
          </fieldset>
        )}
        <Field id="days" label="Ends after days" info="Leave empty for no expiry">
          <input
            id="days"
            class="at-ctl"
            type="number"
            name="days"
            min={1}
            max={3650}
            aria-describedby="days-info"
          />
        </Field>
        <button class="at-btn" type="submit" name="create" value="yes" data-variant="primary">
          Make a key
        </button>
      </form>
    </div>
  );
}

function Field(
  { id, label, info, children }: { id: string; label: string; info?: string; children: ComponentChildren },
): VNode {
  return (
    <div class="at-field">
      <div class="at-cap">
        <label for={id}>{label}</label>
      </div>
      {info === undefined ? null : <p id={`${id}-info`} class="at-info">{info}</p>}
      {children}
    </div>
  );
}

function described(key: ApiKey, known: Known): string {
  const { id, roles, routes, sinceMs, expiresMs } = key;
  return [
    `atk_${id}_…`,
    roles.length === 0 ? "no role" : roles.join(", "),
    routes.includes(EVERY_PAGE) ? "every page" : routes.join(", "),
    `made ${day(sinceMs)}`,
    expiresMs === undefined ? "" : `ends ${day(expiresMs)}`,
    isEnded(key, known) ? "ended by another password" : "",
  ].filter((text) => text !== "").join(" · ");
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
