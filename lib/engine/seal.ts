import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Json } from "@/lib/value/json.ts";

/** Makes texts that only who has the secret can read. */
export interface Sealing {
  /** Encrypts plain data, bound to a name. */
  readonly seal: (value: Json, name: string) => string;
  /** What was encrypted under a name; `undefined` when it was not, or not with this secret. */
  readonly unseal: (sealed: string, name: string) => Json | undefined;
}

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a key of its own, derived from a secret. */
export function sealing(secret: Uint8Array, random: (bytes: number) => Uint8Array): Sealing {
  const key = new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), "atoll sealed values", 32));
  return {
    seal: (value, name) => {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(new TextEncoder().encode(name));
      const body = new Uint8Array([
        ...nonce,
        ...cipher.update(new TextEncoder().encode(JSON.stringify(value))),
        ...cipher.final(),
        ...cipher.getAuthTag(),
      ]);
      return body.toBase64({ alphabet: "base64url", omitPadding: true });
    },
    unseal: (sealed, name) => {
      try {
        const body = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
        const cipher = createDecipheriv(ALGORITHM, key, body.subarray(0, NONCE_BYTES))
          .setAAD(new TextEncoder().encode(name));
        cipher.setAuthTag(body.subarray(-TAG_BYTES));
        const text = [cipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()];
        return JSON.parse(new TextDecoder().decode(new Uint8Array([...text[0] ?? [], ...text[1] ?? []])));
      } catch {
        // Whatever is wrong with it: it was not made here.
        return undefined;
      }
    },
  };
}
