import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { Fault } from "@/lib/value/fault.ts";
import { HeldSessions, type HeldSessionsOptions, type Session } from "./held.ts";

export type { Session } from "./held.ts";

/** Options for {@linkcode Sessions}. */
export interface SessionsOptions extends HeldSessionsOptions {
  /** Secret that ids are signed with, 32 bytes or more. */
  readonly secret: Uint8Array;
  /** Random bytes, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array;
}

const KNOWN_TOKENS = 10_000;
/** Of 16 bytes in base64url. */
const ID_LENGTH = 22;
/** Letters of the signature, which is 128 bits in hex. */
const SIGNATURE_LENGTH = 32;
const TOKEN_LENGTH = ID_LENGTH + 1 + SIGNATURE_LENGTH;
const DOT = 46;
/** The block of SHA-256, in bytes. */
const BLOCK = 64;

/** A token that was checked: whose it is, and the id of its session. */
interface KnownToken {
  readonly user: string | undefined;
  readonly id: string;
}

/**
 * A name for what belongs to a session of a user. Files are kept under it too, so that whose they are can be read off
 * their record: see {@linkcode userOf}. The first part always has {@linkcode ID_LENGTH} letters, so no two sessions have
 * one name, whatever users are called.
 */
function ownedBy(name: string, user: string | undefined): string {
  return user === undefined ? name : `${name}@${user}`;
}

/** The id of the user to whom the session of this id belongs; `undefined`: to nobody who is logged in. */
export function userOf(session: string): string | undefined {
  const at = session.indexOf("@");
  return at === -1 ? undefined : session.slice(at + 1);
}

/**
 * Mints and finds sessions. An id is signed, so one that was only handed out costs no memory: a session takes room
 * when a run first writes to it.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #held: HeldSessions;
  /** Tokens that were checked and right. A page sends its own with each event, and checking costs more than the rest. */
  readonly #known = new Map<string, KnownToken>();
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  /** Holds nothing at first. */
  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#held = new HeldSessions(options);
    const { secret } = options;
    const key = new Uint8Array(BLOCK);
    key.set(secret.length > BLOCK ? createHash("sha256").update(secret).digest() : secret);
    this.#inner = key.map((byte) => byte ^ 0x36);
    this.#outer = key.map((byte) => byte ^ 0x5c);
  }

  /** A new id, and the token that proves it: `<id>.<signature>`. It is of use to this user alone, or to nobody's pages. */
  mint(user?: string): string {
    const id = base64url(this.#options.random(16));
    return `${id}.${this.#sign(id, user)}`;
  }

  /** The session of a token. @throws {Fault} `expired` when the token was not minted here, or for somebody else. */
  open(token: unknown, user?: string): Session {
    const id = this.#idOf(token, user);
    if (id !== undefined) return this.#held.find(id);
    throw new Fault("expired", "The server has restarted. Reload this page");
  }

  /** Whether a token was minted here, for this user. */
  knows(token: unknown, user?: string): token is string {
    return this.#idOf(token, user) !== undefined;
  }

  /** How many sessions hold values. */
  get size(): number {
    return this.#held.size;
  }

  /** The session of an id that was taken off a token before, for work that goes on without its page. */
  byId(id: string): Session {
    return this.#held.find(id);
  }

  /** Says that the page of a session has been left: what it holds is forgotten an hour later, unless it comes back. */
  leave(id: string): void {
    this.#held.leave(id);
  }

  /** Releases everything that is held; those who want to know of it are told. */
  close(): void {
    this.#held.close();
  }

  #idOf(token: unknown, user: string | undefined): string | undefined {
    if (typeof token !== "string") return undefined;
    // Found by the token alone, then compared: a key made of token and user could be read as another pair of them.
    const known = this.#known.get(token);
    if (known !== undefined) return known.user === user ? known.id : undefined;
    if (token.length !== TOKEN_LENGTH || token.charCodeAt(ID_LENGTH) !== DOT) return undefined;
    const given = Buffer.from(token.slice(ID_LENGTH + 1));
    const right = Buffer.from(this.#sign(token.slice(0, ID_LENGTH), user));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    if (this.#known.size >= KNOWN_TOKENS) this.#known.clear();
    const id = ownedBy(token.slice(0, ID_LENGTH), user);
    this.#known.set(token, { user, id });
    return id;
  }

  // HMAC-SHA-256 from two hashes: 7 us, where the object of `createHmac()` costs 10 to 50 us here. It is paid once for
  // each page that is drawn, and once for each token.
  #sign(id: string, user: string | undefined): string {
    const inner = createHash("sha256").update(this.#inner).update(ownedBy(id, user)).digest();
    const signature = createHash("sha256").update(this.#outer).update(inner).digest("hex");
    return signature.slice(0, SIGNATURE_LENGTH);
  }
}

/** Bytes as base64url without padding. */
export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
