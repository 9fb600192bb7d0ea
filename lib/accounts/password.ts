import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { hasControls } from "@/lib/value/controls.ts";
import { Fault } from "@/lib/value/fault.ts";

/** How expensive a guess is made. */
export interface PasswordCost {
  /** Memory and time: 2 to this power. 14 to 20. */
  readonly logN: number;
  /** Size of a block. Always 8. */
  readonly r: number;
  /** Rounds. 1 to 16. */
  readonly p: number;
}

/** The longest password, in bytes of UTF-8. */
export const MAX_PASSWORD_BYTES = 1024;

// One of the settings that OWASP's cheat sheet on the storage of passwords calls equal: 32 MiB and three rounds.
const COST: PasswordCost = { logN: 15, r: 8, p: 3 };
const HASH = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22,86})\$([\w-]{43})$/;
const HASH_BYTES = 32;

/**
 * The password as bytes, the same however its letters were composed.
 *
 * @throws {Fault} `bad_request` when it is empty, longer than {@linkcode MAX_PASSWORD_BYTES}, as none is ever cut, or has
 * control characters.
 */
function bytesOf(password: string): Uint8Array {
  // scrypt hashes by HMAC, which fills a short key up with zeros: with one more NUL it would be the same password.
  if (hasControls(password)) throw new Fault("bad_request", "A password has no control characters");
  const bytes = Buffer.from(password.normalize("NFKC"));
  if (bytes.length > 0 && bytes.length <= MAX_PASSWORD_BYTES) return bytes;
  throw new Fault("bad_request", `A password has 1 to ${MAX_PASSWORD_BYTES} bytes`);
}

/**
 * Hashes a password for a file of users: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`.
 *
 * @throws {Fault} `bad_request` when it is empty or longer than {@linkcode MAX_PASSWORD_BYTES}.
 */
export async function hashPassword(password: string, cost: PasswordCost = COST): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(bytesOf(password), salt, cost);
  const { logN, r, p } = cost;
  return `$scrypt$ln=${logN},r=${r},p=${p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/** The parts of a hash. @throws {TypeError} when it is none, or was made more cheaply than is safe. */
export function readHash(hash: string): { cost: PasswordCost; salt: Buffer; hash: Buffer } {
  const match = HASH.exec(hash);
  const [logN, r, p] = (match ?? []).slice(1, 4).map(Number) as [number, number, number];
  if (!match || r !== 8 || logN < 14 || logN > 20 || p < 1 || p > 16) {
    throw new TypeError("A password must be kept as a scrypt hash with N of 2^14 or more and r=8");
  }
  return {
    cost: { logN, r, p },
    salt: Buffer.from(match[4] as string, "base64url"),
    hash: Buffer.from(match[5] as string, "base64url"),
  };
}

/**
 * Whether this is the password of a hash. It takes as long when there is no hash, so that nobody can tell by the time
 * whether a user exists. The cost is then that of the hash `like`.
 *
 * @throws {Fault} `bad_request` when the password is empty or too long.
 */
export async function checkPassword(
  password: string,
  hash: string | undefined,
  like?: string,
  work: Derive = derive,
): Promise<boolean> {
  const model = hash ?? like;
  const { cost, salt, hash: right } = model === undefined
    ? { cost: COST, salt: Buffer.alloc(16), hash: Buffer.alloc(HASH_BYTES) }
    : readHash(model);
  const given = await work(bytesOf(password), salt, cost);
  return timingSafeEqual(given, right) && hash !== undefined;
}

/** Derives a key from a password: the work that makes guesses expensive. */
export type Derive = (password: Uint8Array, salt: Buffer, cost: PasswordCost) => Promise<Buffer>;

/** scrypt, in a thread of its own. */
export function derive(password: Uint8Array, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
