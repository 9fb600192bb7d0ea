import assert from "node:assert/strict";
import { weigh } from "./weigh.ts";

Deno.test("weigh() counts letters, bytes and entries", () => {
  assert.equal(weigh("12345"), 5);
  assert.equal(weigh(3), 8);
  assert.ok(weigh(new Uint8Array(1000)) >= 1000);
  assert.ok(weigh({ a: ["x".repeat(500), { b: "y".repeat(500) }] }) >= 1000);
  assert.ok(weigh(new Map([["key", new Set(["z".repeat(300)])]])) >= 303);
});

Deno.test("weigh() ends for values that hold themselves", () => {
  const loop: Record<string, unknown> = { text: "abc" };
  loop.self = loop;
  assert.ok(weigh(loop) < 100);
});

Deno.test("weigh() stops soon after the bound", () => {
  const list = Array.from({ length: 100_000 }, (_, i) => ({ i }));
  const weight = weigh(list, 1000);
  assert.ok(weight > 1000 && weight < 3000, String(weight));
});
