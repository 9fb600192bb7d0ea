import type { Json } from "@/lib/value/json.ts";

/** Makes texts that only who has the secret can read. */
export interface Sealing {
  /** Encrypts plain data, bound to a name. */
  readonly seal: (value: Json, name: string) => Promise<string>;
  /** What was encrypted under a name; `undefined` when it was not, or not with this secret. */
  readonly unseal: (sealed: string, name: string) => Promise<Json | undefined>;
}

const NONCE_BYTES = 12;
const encoder = new TextEncoder();

/** AES-256-GCM with a key of its own, derived from a secret by HKDF. */
export function sealing(secret: Uint8Array, random: (bytes: number) => Uint8Array): Sealing {
  let derived: Promise<CryptoKey> | undefined;
  const key = () => derived ??= derive(secret);
  return {
    seal: async (value, name) => {
      const iv = new Uint8Array(random(NONCE_BYTES));
      const text = encoder.encode(JSON.stringify(value));
      const body = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: encoder.encode(name) },
        await key(),
        text,
      );
      const sealed = new Uint8Array(NONCE_BYTES + body.byteLength);
      sealed.set(iv);
      sealed.set(new Uint8Array(body), NONCE_BYTES);
      return sealed.toBase64({ alphabet: "base64url", omitPadding: true });
    },
    unseal: async (sealed, name) => {
      try {
        const body = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
        const text = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: body.subarray(0, NONCE_BYTES), additionalData: encoder.encode(name) },
          await key(),
          body.subarray(NONCE_BYTES),
        );
        return JSON.parse(new TextDecoder().decode(text));
      } catch {
        // Whatever is wrong with it: it was not made here.
        return undefined;
      }
    },
  };
}

async function derive(secret: Uint8Array): Promise<CryptoKey> {
  const whole = await crypto.subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, ["deriveKey"]);
  return await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode("atoll sealed values"),
    },
    whole,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
