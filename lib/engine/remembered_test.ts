import assert from "node:assert/strict";
import type { Cache } from "@/lib/demo/cached.ts";
import type { Call } from "./call.ts";
import { keyOf } from "./remembered.ts";

const call = { session: { id: "me" }, request: {} } as unknown as Call;

function named(key: unknown): string {
  const cache: Cache = { perSession: false, key: () => key, find: () => undefined, keep: () => {} };
  return keyOf(cache, call, { input: () => undefined, wire: () => ({}) });
}

Deno.test("keyOf() refuses a key that says nothing of what is in it: all calls would have one answer", () => {
  for (const key of [new Set(["a"]), { deep: [new Map([["a", 1]])] }, 1n, () => 1]) {
    assert.throws(() => named(key), TypeError, String(key));
  }
  assert.notEqual(named(["a"]), named(["b"]));
  assert.equal(named({ a: 1, at: new Date(5) }), named({ a: 1, at: new Date(5) }));
});
