import type { Accounts } from "@/lib/accounts/accounts.ts";
import type { LoginTimes } from "@/lib/accounts/logins.ts";
import type { UserSource } from "@/lib/accounts/users.ts";
import type { User } from "@/lib/value/user.ts";

/** The login, for pages and layouts: `state.account`. */
export interface Account {
  /** The user. */
  readonly user: User;
  /** Realm of the guard. */
  readonly realm: string;
  /** Path of the account page, below the requested page. */
  readonly url: string;
  /** Path for the log-out form. */
  readonly logout: string;
}

/** The state of a request, as guards read and write it. */
export interface AuthState {
  /** The object that all guards share, set by the middleware of `main.ts`. */
  accounts?: object;
  /** The login. */
  account?: Account;
  /** Title of the document. */
  title?: string;
}

/** A guard, for its parts. */
export interface Guard {
  readonly accounts: Accounts;
  readonly users: UserSource;
  readonly realm: string;
  /** Roles that get in; `undefined`: every logged-in user. */
  readonly allow: readonly string[] | undefined;
  readonly message: string | undefined;
  readonly times: LoginTimes;
  /** Path of the requested page. */
  readonly page: string;
  /** The query of the login form and links to it. */
  readonly query: string;
  /** Address of the client. */
  readonly client: string;
}
