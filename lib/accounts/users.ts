import type { Person } from "@/lib/value/user.ts";
import type { SourceContext } from "./in_time.ts";
import { personOf } from "./person.ts";

/** A user with the data of the source. */
export interface Known extends Person {
  /** The permanent id in the source: a name, or the `sub` of an issuer. At most 255 characters. */
  readonly subject: string;
  /** Changes with the credentials of the user: then all logins and keys end. */
  readonly mark: string;
}

/** Users who log in by name and password. */
export interface PasswordSource {
  /** The way of logging in. */
  readonly way: "password";
  /** Equal for sources with the same users. */
  readonly same: unknown;
  /** Returns the user; `undefined` for an unknown user or a wrong password, after the same time. */
  check(name: string, password: string, context: SourceContext): Promise<Known | undefined>;
  /** Throws the reason when nobody can log in at the moment. A guard calls it at its first request. */
  ready?(context: SourceContext): Promise<void>;
  /** Returns the current data of a user; `undefined` for a removed one. Without it, the data of the login counts. */
  find?(subject: string, context: SourceContext): Promise<Known | undefined>;
}

/** Users who log in at an issuer, to which the browser is redirected. */
export interface RedirectSource {
  /** The way of logging in. */
  readonly way: "redirect";
  /** Equal for sources with the same users. */
  readonly same: unknown;
  /** The text of the button. */
  readonly label: string;
  /** Path of the redirect back: that of a guarded page, with `/login/callback`. */
  readonly callback: string;
  /** Returns the URL for the browser, and data to keep until it returns. */
  begin(
    context: SourceContext,
  ): Promise<{ readonly url: string; readonly kept: Readonly<Record<string, string>> }>;
  /** Returns the user for the query of the redirect. @throws {Fault} `unauthorized` when the login is not proven. */
  end(
    query: string,
    kept: Readonly<Record<string, string>>,
    context: SourceContext,
  ): Promise<Known | undefined>;
}

/** Where users come from: {@linkcode usersFrom}, `usersFile()`, `oidc()`. */
export type UserSource = PasswordSource | RedirectSource;

/** A user, or `undefined`. */
export type MaybePerson = Person | undefined | Promise<Person | undefined>;

/** Options for {@linkcode usersFrom}. */
export interface UsersFromOptions {
  /**
   * Returns the current data of a user; `undefined` for a removed one. It is called for every request, and every
   * few seconds while a request is open, so lost roles and removed users count at once. Without it, the roles of
   * the login count until it ends.
   */
  readonly find?: ((name: string, context: SourceContext) => MaybePerson) | undefined;
}

/**
 * Users from a function, which takes a name and a password and returns the user, or `undefined`. Let it take the
 * same time for a wrong name and a wrong password, so that nobody learns which names exist. After five seconds its
 * `signal` aborts, and the login fails with a request to try again later.
 *
 * @example
 * ```ts
 * import { usersFrom } from "atoll";
 * const users = usersFrom(async (name, password, { signal }) => {
 *   const response = await fetch("https://people.example.org/check", {
 *     method: "POST",
 *     body: JSON.stringify({ name, password }),
 *     signal,
 *   });
 *   return response.ok ? { name, roles: ["viewer"] } : undefined;
 * });
 * ```
 */
export function usersFrom(
  check: (name: string, password: string, context: SourceContext) => MaybePerson,
  { find }: UsersFromOptions = {},
): PasswordSource {
  return {
    way: "password",
    same: check,
    check: async (name, password, context) =>
      known(personOf(await check(name, password, context), "The function of usersFrom()")),
    ...find &&
      {
        find: async (subject, context) => {
          const person = known(personOf(await find(subject, context), "find of usersFrom()"));
          // Somebody of another name is not the one who was asked for.
          return person?.subject === subject ? person : undefined;
        },
      },
  };
}

function known(person: Person | undefined): Known | undefined {
  return person && { ...person, subject: person.name, mark: "" };
}
