import type { Accounts } from "@/lib/accounts/accounts.ts";
import type { LoginTimes } from "@/lib/accounts/logins.ts";
import type { UserSource } from "@/lib/accounts/users.ts";
import type { User } from "@/lib/value/user.ts";

/** Who is logged in, for pages and layouts: `state.account`. */
export interface Account {
  /** Who that is. */
  readonly user: User;
  /** Realm of the guard that let them in. */
  readonly realm: string;
  /** Path of the account's own page, below the page that was asked for. */
  readonly url: string;
  /** Path to which the form for logging out is sent. */
  readonly logout: string;
}

/** What the guard finds and leaves on the state of a request. */
export interface AuthState {
  /** Where the middleware of `main.ts` leaves what all guards share. */
  accounts?: object;
  /** Who is logged in. */
  account?: Account;
  /** Title of the document. */
  title?: string;
}

/** A guard as its parts see it. */
export interface Guard {
  readonly accounts: Accounts;
  readonly users: UserSource;
  readonly realm: string;
  /** Roles that get in; `undefined`: everybody who is logged in. */
  readonly allow: readonly string[] | undefined;
  readonly message: string | undefined;
  readonly times: LoginTimes;
  /** Path of the page that was asked for. */
  readonly page: string;
  /** What the login form and links to it carry on. */
  readonly query: string;
  /** Address of the client. */
  readonly client: string;
}
