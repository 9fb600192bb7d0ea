import type { User } from "@/lib/value/user.ts";
import type { LoginTimes } from "./logins.ts";
import type { Known, UserSource } from "./users.ts";

/** A person whom a guard let in, and the login or key that they came with: enough to ask whether they still may. */
export interface Standing {
  /** The person, with the roles that they had then. */
  readonly user: User;
  /** As their source knew them. */
  readonly known: KnownBefore;
  /** Id of the login or key that says so. */
  readonly by: string;
  /** Whether it is a cookie, which a browser sends by itself, or a key, which a program sends on purpose. */
  readonly way: "cookie" | "key";
  /** Realm of the guard that let them in. */
  readonly realm: string;
  readonly users: UserSource;
  readonly times: LoginTimes;
}

/** Somebody as their source knew them; without a mark where only their name was kept. */
export type KnownBefore = Omit<Known, "mark"> & { readonly mark: string | undefined };

/** The rights of a person at this moment. */
export interface Now {
  /** Whether the login or key goes on. */
  readonly goesOn: boolean;
  /** As their source knows them; `undefined`: not any more, or with another password. */
  readonly known: Known | undefined;
}

/**
 * The rights that somebody still has: all, those of their user without the login, or none. Without the login they must
 * log in to its page again. A person who has lost a role keeps nothing that they opened with it.
 */
export function leftOf({ user, way }: Pick<Standing, "user" | "way">, now: Now): "all" | "user" | "nothing" {
  const { known, goesOn } = now;
  if (!known || !user.roles.every((role) => known.roles.includes(role))) return "nothing";
  if (goesOn) return "all";
  return way === "key" ? "nothing" : "user";
}
