import assert from "node:assert/strict";
import { keptSecret } from "./kept_secret.ts";
import { memoryStore } from "./records_memory.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

Deno.test("keptSecret() makes one secret a store, whoever asks first", async () => {
  await using one = memoryStore();
  await using other = memoryStore();
  const [first, second] = await Promise.all([keptSecret(one, random), keptSecret(one, random)]);
  assert.equal(first?.length, 32);
  assert.deepEqual(first, second);
  assert.deepEqual(await keptSecret(one, random), first);
  assert.notDeepEqual(await keptSecret(other, random), first);
});
