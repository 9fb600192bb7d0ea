import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";

/** Random bytes as base64url without padding. 32 bytes are 43 characters. */
export function randomText(random: (bytes: number) => Uint8Array, bytes: number): string {
  return random(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The fingerprint that is kept of a secret: enough to know it again, not enough to use it. 43 characters. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether two fingerprints are the same, in a time that says nothing about where they differ. */
export function sameFingerprint(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
