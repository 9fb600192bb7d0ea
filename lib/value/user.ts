/** A user of a source of users. */
export interface Person {
  /** The name for display and for logging in. */
  readonly name: string;
  /** Roles, named by the app: `"viewer"`, `"editor"`. */
  readonly roles: readonly string[];
}

/** A logged-in user. */
export interface User extends Person {
  /** A unique and permanent id: the realm, and the subject in its source of users. */
  readonly id: string;
}

/** Whether a user has one of the roles. A visitor without a login has none. `undefined` roles allow everybody. */
export function isAllowed(user: Person | undefined, allow: readonly string[] | undefined): boolean {
  return allow === undefined || (user !== undefined && user.roles.some((role) => allow.includes(role)));
}

const ROLE = /^[a-z][a-z0-9_-]{0,31}$/;

/** The roles that an option names, one or several. @throws {TypeError} when a name is not valid for a role. */
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
