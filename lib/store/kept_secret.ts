import type { Store } from "./records.ts";

const KEY = ["server", "secret"];

/** The secret that a store keeps: made at the first start, the same at every later one. 32 bytes. */
export async function keptSecret(store: Store, random: (bytes: number) => Uint8Array): Promise<Uint8Array> {
  for (;;) {
    const kept = (await store.get(KEY))?.value;
    if (kept instanceof Uint8Array) return kept;
    const value = random(32);
    const version = await store.commit([{ type: "set", key: KEY, value }], {
      checks: [{ key: KEY, version: null }],
    });
    if (version !== undefined) return value;
  }
}
