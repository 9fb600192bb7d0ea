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
  const nothingSaid = [
    new Set(["a"]),
    { deep: [new Map([["a", 1]])] },
    1n,
    () => 1,
    Promise.resolve("a"),
    [Promise.resolve("a")],
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Blob(["a"]),
    new Error("a"),
    /a/,
    new WeakMap(),
    NaN,
    [Infinity],
    { size: -Infinity },
    Symbol("a"),
  ];
  for (const key of nothingSaid) {
    assert.throws(() => named(key), TypeError, Object.prototype.toString.call(key));
  }
  assert.notEqual(named(new Uint8Array([1])), named(new Uint8Array([2])));
  assert.notEqual(named(Object.assign(Object.create(null), { a: 1 })), named({ a: 2 }));
  assert.notEqual(named(["a"]), named(["b"]));
  assert.equal(named({ a: 1, at: new Date(5) }), named({ a: 1, at: new Date(5) }));
});
