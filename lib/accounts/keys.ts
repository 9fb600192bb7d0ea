import type { Key, Value } from "@/lib/store/records.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { User } from "@/lib/value/user.ts";
import type { AccountParts } from "./logins.ts";
import { fingerprint, randomText, sameFingerprint } from "./secret.ts";
import type { Known } from "./users.ts";

/** The rights of a key, within those of its user. */
export interface KeyScope {
  /** The name that its user gave it. */
  readonly label: string;
  /** The roles that it has of its user's. Roles that the user gets later are not among them. */
  readonly roles: readonly string[];
  /** Paths of pages that it opens: `/demos/members`, or `/demos/*` for all below, also those that come later. */
  readonly routes: readonly string[];
  /** When it ends, in milliseconds since 1970; `undefined`: never. */
  readonly expiresMs: number | undefined;
}

/** A key as it is kept, without its secret. */
export interface ApiKey extends Omit<Known, "roles">, KeyScope {
  /** Its own name, which is not a secret: the middle of the key. */
  readonly id: string;
  readonly realm: string;
  /** The roles that its user had when it was made. */
  readonly owned: readonly string[];
  /** When it was made, in milliseconds since 1970. */
  readonly sinceMs: number;
}

const TOKEN = /^atk_([0-9a-f]{16})_([\w-]{43})$/;
/** Paths that pages have: others would open nothing. */
const ROUTE = /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?\*?$/;
/** How long two keys of a user that are made at once may know of each other, in milliseconds. */
const TURN_MS = 60_000;
const MOST_KEYS = 50;
/** Opens all pages of the realm, also those that come later. */
export const EVERY_PAGE = "/*";

/** Whether a text holds what begins like a key. */
export function looksLikeKey(text: string): boolean {
  return text.includes("atk_");
}

/** Keys with which programs come instead of people: `atk_<id>_<secret>`. Of the secret only a fingerprint is kept. */
export class Keys {
  readonly #parts: AccountParts;

  /** Opens nothing. */
  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Makes a key for a user and gives it. It is not shown again.
   *
   * @throws {Fault} `bad_input` for a scope that is none, `refused` when the user has too many.
   */
  async create(
    user: User,
    known: Omit<Known, "name" | "roles">,
    realm: string,
    scope: KeyScope,
  ): Promise<string> {
    const { store, now, random } = this.#parts;
    checkScope(user, scope);
    const records = await store();
    const id = random(8).toHex();
    const secret = randomText(random, 32);
    const { label, roles, routes, expiresMs } = scope;
    const value = {
      hash: fingerprint(secret),
      realm,
      subject: known.subject,
      mark: known.mark,
      name: user.name,
      owned: [...user.roles],
      label,
      roles: [...roles],
      routes: [...routes],
      expiresMs,
      sinceMs: now(),
    } satisfies Value;
    for (;;) {
      // A caller that counts while another key is being made counts again.
      const turn = turnOf(user.id);
      const version = (await records.get(turn))?.version ?? null;
      const others = await Array.fromAsync(records.list({ prefix: ofUser(user.id), limit: MOST_KEYS }));
      if (others.length >= MOST_KEYS) {
        throw new Fault("refused", `You have ${MOST_KEYS} keys. Revoke one before you create another`);
      }
      const made = await records.commit([
        { type: "set", key: turn, value: null, expiresMs: now() + TURN_MS },
        { type: "set", key: at(id), value, expiresMs },
        { type: "set", key: [...ofUser(user.id), id], value: null, expiresMs },
      ], { checks: [{ key: turn, version }] });
      if (made !== undefined) return `atk_${id}_${secret}`;
    }
  }

  /** The key of a token; `undefined` when there is none such. */
  async find(realm: string, token: string): Promise<ApiKey | undefined> {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const record = await (await this.#parts.store()).get(at(id));
    const kept = record?.value as unknown as Kept | undefined;
    if (!sameFingerprint(kept?.hash ?? "", fingerprint(secret))) return undefined;
    return kept?.realm === realm ? keyOf(id, kept) : undefined;
  }

  /** Whether a key goes on. `id`: its own name. */
  async goesOn(realm: string, id: string): Promise<boolean> {
    const record = await (await this.#parts.store()).get(at(id));
    return (record?.value as unknown as Kept | undefined)?.realm === realm;
  }

  /** The keys of a user. */
  async list(user: Pick<User, "id">): Promise<ApiKey[]> {
    const records = await this.#parts.store();
    const keys: ApiKey[] = [];
    for await (const { key } of records.list({ prefix: ofUser(user.id) })) {
      const id = String(key.at(-1));
      const record = await records.get(at(id));
      if (record) keys.push(keyOf(id, record.value as unknown as Kept));
    }
    return keys.sort((a, b) => b.sinceMs - a.sinceMs);
  }

  /** Takes a key back. @throws {Fault} `not_found` when this user has none of that id. */
  async revoke(user: Pick<User, "id">, id: string): Promise<void> {
    const records = await this.#parts.store();
    const own: Key = [...ofUser(user.id), id];
    if (!/^[0-9a-f]{16}$/.test(id) || !await records.get(own)) {
      throw new Fault("not_found", "There is no such key");
    }
    await records.commit([{ type: "delete", key: at(id) }, { type: "delete", key: own }]);
  }
}

/** As it is kept. Before, "all" was kept as nothing: it stands for the roles that the user had when the key was made. */
type Kept = Omit<ApiKey, "id" | "roles" | "routes"> & {
  readonly hash: string;
  readonly roles?: readonly string[] | undefined;
  readonly routes?: readonly string[] | undefined;
};

function keyOf(id: string, { hash: _, ...kept }: Kept): ApiKey {
  return { ...kept, id, roles: kept.roles ?? kept.owned, routes: kept.routes ?? [EVERY_PAGE] };
}

/** Whether another password has ended a key since it was made. */
export function isEnded(
  { mark }: { readonly mark: string | undefined },
  known: Pick<Known, "mark">,
): boolean {
  return mark !== undefined && mark !== known.mark;
}

/** Whether a key opens a page. Paths that could be read in two ways are none that a key was given. */
export function opens({ routes }: Pick<KeyScope, "routes">, page: string): boolean {
  if (routes.includes(EVERY_PAGE)) return true;
  if (!/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/.test(page)) return false;
  const path = withoutSlash(page);
  return routes.some((route) => {
    if (!route.endsWith("*")) return path === withoutSlash(route);
    const start = route.slice(0, -1);
    return path.startsWith(start) || `${path}/` === start;
  });
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, "");
}

function checkScope(user: User, { label, roles, routes }: KeyScope): void {
  if (label.length === 0 || label.length > 100) {
    throw new Fault("bad_input", "Give the key a name of at most 100 letters", { field: "label" });
  }
  const foreign = roles.find((role) => !user.roles.includes(role));
  if (foreign !== undefined) {
    throw new Fault("bad_input", `A key cannot have the role "${foreign}": you do not have it`, {
      field: "roles",
    });
  }
  const wrong = routes.find((route) => !ROUTE.test(route) || route.length > 200);
  if (wrong !== undefined || routes.length === 0 || routes.length > 20) {
    throw new Fault(
      "bad_input",
      "Name the pages by their paths, such as /demos/members or /demos/*, at most 20 of them",
      { field: "routes" },
    );
  }
}

function at(id: string): Key {
  return ["accounts", "keys", id];
}

function ofUser(user: string): Key {
  return ["accounts", "keys_of", user];
}

function turnOf(user: string): Key {
  return ["accounts", "keys_turn", user];
}
