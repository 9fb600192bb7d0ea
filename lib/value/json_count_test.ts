import assert from "node:assert/strict";
import { hasMoreValues, MOST_VALUES } from "./json_count.ts";

const list = (count: number, one: string) => `[${Array.from({ length: count }, () => one).join(",")}]`;

Deno.test("hasMoreValues() counts values of every kind, and none inside of texts", () => {
  for (const one of ["1", '"a"', "true", '"[,{"', String.raw`"\",,,"`, String.raw`"\\"`]) {
    assert.equal(hasMoreValues(list(9, one), 10), false, one);
    assert.equal(hasMoreValues(list(10, one), 10), true, one);
  }
  assert.equal(hasMoreValues(list(5, "[1]"), 10), true, "a list and what is in it");
  assert.equal(hasMoreValues(list(4, "[1]"), 10), false);
  assert.equal(hasMoreValues(`{${Array.from({ length: 10 }, (_, i) => `"${i}":0`).join(",")}}`, 10), true);
});

Deno.test("hasMoreValues() ends at text that is no JSON", () => {
  for (const text of ['"', '"\\', "", '"'.repeat(60_001), "\\".repeat(60_001)]) {
    assert.equal(hasMoreValues(text, Math.min(text.length, MOST_VALUES)), false);
  }
});
