import type { Person } from "@/lib/value/user.ts";

/** Somebody as a source of users knows them. */
export interface Known extends Person {
  /** What the source knows them by, for ever: a name, or an issuer's `sub`. At most 255 characters. */
  readonly subject: string;
  /** Changes when what they log in with changes: their logins and keys end then. */
  readonly mark: string;
}

/** Users who log in by name and password. */
export interface PasswordSource {
  /** How one logs in. */
  readonly way: "password";
  /** The same for sources of the same users. */
  readonly same: unknown;
  /** Who that is; `undefined` when there is no such user or the password is wrong, after the same time. */
  check(name: string, password: string): Promise<Known | undefined>;
  /** How somebody is known now; `undefined`: not any more. Left out: as they were when they logged in. */
  find?(subject: string): Promise<Known | undefined>;
}

/** Users who log in elsewhere, where their browser is sent to and from where it comes back. */
export interface RedirectSource {
  /** How one logs in. */
  readonly way: "redirect";
  /** The same for sources of the same users. */
  readonly same: unknown;
  /** What stands on the button. */
  readonly label: string;
  /** Path to which the browser comes back: that of a guarded page, and `/login/callback`. */
  readonly callback: string;
  /** Where to send the browser, and what to keep until it is back. */
  begin(): Promise<{ readonly url: string; readonly kept: Readonly<Record<string, string>> }>;
  /** Who came back with this query. @throws {Fault} `unauthorized` when that cannot be said for sure. */
  end(query: string, kept: Readonly<Record<string, string>>): Promise<Known | undefined>;
}

/** Where users come from: {@linkcode usersFrom}, `usersFile()`, `oidc()`. */
export type UserSource = PasswordSource | RedirectSource;

/**
 * Users from a function: it is given a name and a password and gives the user, or `undefined`. It takes the same time
 * for a wrong name and a wrong password, if nobody is to learn which names exist. Roles are those at login.
 *
 * @example
 * ```ts
 * import { usersFrom } from "atoll";
 * const users = usersFrom(async (name, password) => {
 *   const response = await fetch("https://people.example.org/check", {
 *     method: "POST",
 *     body: JSON.stringify({ name, password }),
 *   });
 *   return response.ok ? { name, roles: ["viewer"] } : undefined;
 * });
 * ```
 */
export function usersFrom(
  check: (name: string, password: string) => Person | undefined | Promise<Person | undefined>,
): PasswordSource {
  return {
    way: "password",
    same: check,
    check: async (name, password) => {
      const person = await check(name, password);
      return person && { name: person.name, roles: [...person.roles], subject: person.name, mark: "" };
    },
  };
}
