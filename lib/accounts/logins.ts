import type { Key, Store } from "@/lib/store/records.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { User } from "@/lib/value/user.ts";
import { fingerprint, randomText } from "./secret.ts";
import type { Known } from "./users.ts";

/** How long a login lasts. */
export interface LoginTimes {
  /** Without a request, in milliseconds. */
  readonly idleMs: number;
  /** In all, in milliseconds. */
  readonly absoluteMs: number;
}

/** A login as it is kept. The secret that the browser has is not in it. */
export interface Login extends Known {
  /** Fingerprint of the secret: the login's own name. */
  readonly id: string;
  /** The realm that it is for. */
  readonly realm: string;
}

/** The parts of the server that accounts need. */
export interface AccountParts {
  /** The store; opened when it is first asked for. */
  readonly store: () => Promise<Store>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Random bytes, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array;
}

const SECRET = /^[\w-]{43}$/;
const MOST_LOGINS = 50;
const SWEEP_EVERY_MS = 600_000;

/** The id of a user of a realm. A realm is letters and digits, so the first colon is the one between the two. */
export function userId(realm: string, subject: string): string {
  return `${realm}:${subject}`;
}

/** The logins of all users. A login's secret is in its browser only; here is its fingerprint. */
export class Logins {
  readonly #parts: AccountParts;
  #sweptMs = 0;

  /** Opens nothing. */
  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /** Begins a login and gives its secret, which is never one that a client came with. */
  async begin(realm: string, { subject, name, roles, mark }: Known, times: LoginTimes): Promise<string> {
    const { store, now, random } = this.#parts;
    const records = await store();
    const secret = randomText(random, 32);
    const id = fingerprint(secret);
    const nowMs = now();
    const user = userId(realm, subject);
    const expiresMs = nowMs + Math.min(times.idleMs, times.absoluteMs);
    const others = await Array.fromAsync(records.list({ prefix: ofUser(user) }));
    const oldest = others.toSorted((a, b) => Number(a.value) - Number(b.value)).slice(0, -(MOST_LOGINS - 1));
    await records.commit([
      ...(others.length < MOST_LOGINS ? [] : oldest).flatMap(({ key }) => [
        { type: "delete", key } as const,
        { type: "delete", key: at(String(key.at(-1))) } as const,
      ]),
      {
        type: "set",
        key: at(id),
        value: { realm, subject, name, roles: [...roles], mark, sinceMs: nowMs, seenMs: nowMs },
        expiresMs,
      },
      { type: "set", key: [...ofUser(user), id], value: nowMs, expiresMs: nowMs + times.absoluteMs },
    ]);
    if (nowMs - this.#sweptMs > SWEEP_EVERY_MS) {
      this.#sweptMs = nowMs;
      await records.sweep();
    }
    return secret;
  }

  /** The login of a secret, which is used now; `undefined` when it is unknown, over, or another realm's. */
  async find(realm: string, secret: string, times: LoginTimes): Promise<Login | undefined> {
    if (!SECRET.test(secret)) return undefined;
    const { store, now } = this.#parts;
    const records = await store();
    const id = fingerprint(secret);
    const record = await records.get(at(id));
    if (!record) return undefined;
    const kept = record.value as unknown as KeptLogin;
    if (!this.#isOn(realm, kept, times)) return undefined;
    const nowMs = now();
    const endsMs = kept.sinceMs + times.absoluteMs;
    if (nowMs - kept.seenMs > times.idleMs / 20) {
      const value = { ...record.value as object, seenMs: nowMs };
      const expiresMs = Math.min(nowMs + times.idleMs, endsMs);
      // Only if it is still there: a logout at the same moment must win.
      const checks = [{ key: at(id), version: record.version }];
      await records.commit([{ type: "set", key: at(id), value, expiresMs }], { checks }).catch(orAsBefore);
    }
    return { ...kept, id };
  }

  /** Whether a login goes on, without counting as its use. `id`: its own name. */
  async goesOn(realm: string, id: string, times: LoginTimes): Promise<boolean> {
    const record = await (await this.#parts.store()).get(at(id));
    return record !== undefined && this.#isOn(realm, record.value as unknown as KeptLogin, times);
  }

  /** Ends a login. */
  async end(login: Pick<Login, "id" | "realm" | "subject">): Promise<void> {
    const records = await this.#parts.store();
    await records.commit([
      { type: "delete", key: at(login.id) },
      { type: "delete", key: [...ofUser(userId(login.realm, login.subject)), login.id] },
    ]);
  }

  /** Ends all logins of a user and says which they were. */
  async endAll(user: Pick<User, "id">): Promise<string[]> {
    const records = await this.#parts.store();
    const ids: string[] = [];
    for await (const { key } of records.list({ prefix: ofUser(user.id) })) ids.push(String(key.at(-1)));
    if (ids.length > 0) {
      await records.commit(
        ids.slice(0, 400).flatMap((id) => [
          { type: "delete", key: at(id) } as const,
          { type: "delete", key: [...ofUser(user.id), id] } as const,
        ]),
      );
    }
    return ids;
  }

  #isOn(realm: string, { realm: own, sinceMs, seenMs }: KeptLogin, times: LoginTimes): boolean {
    const nowMs = this.#parts.now();
    return own === realm && nowMs < sinceMs + times.absoluteMs && nowMs < seenMs + times.idleMs;
  }
}

/** A login as it is kept, and when it began and was used. */
type KeptLogin = Omit<Login, "id"> & { readonly sinceMs: number; readonly seenMs: number };

// A login whose use cannot be noted ends as early as it would have without that use.
function orAsBefore(error: unknown): void {
  if (!(error instanceof Fault)) throw error;
}

function at(id: string): Key {
  return ["accounts", "logins", id];
}

function ofUser(user: string): Key {
  return ["accounts", "logins_of", user];
}
