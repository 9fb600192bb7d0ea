import assert from "node:assert/strict";
import { shareOf } from "./share.ts";

Deno.test("shareOf() takes a share, and some of a total", () => {
  assert.deepEqual(shareOf(0.5), { done: 0.5 });
  assert.deepEqual(shareOf(0.1 + 0.2 + 0.7 + 1e-12), { done: 1 });
  assert.deepEqual(shareOf(3, 10), { done: 3, total: 10 });
  assert.deepEqual(shareOf(11, 10), { done: 10, total: 10 });
  assert.deepEqual(shareOf(0, 0), { done: 1 });
});

Deno.test("shareOf() says what is no share, and what would be right", () => {
  assert.throws(() => shareOf(30), {
    name: "RangeError",
    message:
      "Cannot tell progress(30): without a total it takes a share from 0 to 1. Write progress(30, total)",
  });
  assert.throws(() => shareOf(1, NaN), {
    name: "RangeError",
    message: "Cannot tell progress(1, NaN): both must be finite numbers of at least 0",
  });
  for (const wrong of [NaN, Infinity, -0.1, "1", null, undefined, 1n]) {
    assert.throws(() => shareOf(wrong as number), RangeError, String(wrong));
    assert.throws(() => shareOf(wrong as number, 10), RangeError, String(wrong));
  }
});
