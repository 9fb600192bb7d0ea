/** Somebody whom a source of users knows. */
export interface Person {
  /** What they are called, and what they log in with. */
  readonly name: string;
  /** What they may do, in the words of the app: `"viewer"`, `"editor"`. */
  readonly roles: readonly string[];
}

/** Somebody who is logged in. */
export interface User extends Person {
  /** Theirs alone and always the same: the realm and what its source of users knows them by. */
  readonly id: string;
}

/** Whether somebody has one of the roles. Nobody has a role who is not logged in; no roles named: everybody may. */
export function isAllowed(user: Person | undefined, allow: readonly string[] | undefined): boolean {
  return allow === undefined || (user !== undefined && user.roles.some((role) => allow.includes(role)));
}

const ROLE = /^[a-z][a-z0-9_-]{0,31}$/;

/** The roles that an option names, one or several. @throws {TypeError} when one is no name of a role. */
export function rolesOf(allow: string | readonly string[], at: string): readonly string[] {
  const roles = typeof allow === "string" ? [allow] : [...allow];
  for (const role of roles) {
    if (typeof role === "string" && ROLE.test(role)) continue;
    throw new TypeError(
      `Cannot use the role "${role}" in ${at}: a role is a lower-case word such as "editor"`,
    );
  }
  if (roles.length === 0) throw new TypeError(`Cannot use ${at} without roles: name one, or leave it out`);
  return Object.freeze(roles);
}
