import type { Person } from "@/lib/value/user.ts";
import type { SourceContext } from "./in_time.ts";
import { personOf } from "./person.ts";

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
  check(name: string, password: string, context: SourceContext): Promise<Known | undefined>;
  /** Fails when nobody could log in at the moment, and says why: a guard asks when it is first met. */
  ready?(context: SourceContext): Promise<void>;
  /** How somebody is known now; `undefined`: not any more. Left out: as they were when they logged in. */
  find?(subject: string, context: SourceContext): Promise<Known | undefined>;
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
  begin(
    context: SourceContext,
  ): Promise<{ readonly url: string; readonly kept: Readonly<Record<string, string>> }>;
  /** Who came back with this query. @throws {Fault} `unauthorized` when that cannot be said for sure. */
  end(
    query: string,
    kept: Readonly<Record<string, string>>,
    context: SourceContext,
  ): Promise<Known | undefined>;
}

/** Where users come from: {@linkcode usersFrom}, `usersFile()`, `oidc()`. */
export type UserSource = PasswordSource | RedirectSource;

/** Gives somebody, or `undefined` for nobody. */
export type MaybePerson = Person | undefined | Promise<Person | undefined>;

/** Options for {@linkcode usersFrom}. */
export interface UsersFromOptions {
  /**
   * How somebody of this name is known now; `undefined`: not any more. It is asked at every request, and every few
   * seconds while something is open, so that a role taken away or a user taken out counts at once. Left out, the roles
   * are those at the login, until the login ends.
   */
  readonly find?: ((name: string, context: SourceContext) => MaybePerson) | undefined;
}

/**
 * Users from a function: it is given a name and a password and gives the user, or `undefined`. It takes the same time
 * for a wrong name and a wrong password, if nobody is to learn which names exist. After five seconds its `signal` aborts,
 * and whoever logs in is told to come again later.
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
