import assert from "node:assert/strict";
import fc from "fast-check";
import { tupleKey } from "./tuple_key.ts";

Deno.test("tupleKey() gives no two lists of texts the same key", () => {
  const tricky = fc.string({ unit: fc.constantFrom("a", "b", " ", "/", "@", ":", "1", "2", "\0", "\ud800") });
  const list = fc.array(tricky, { maxLength: 4 });
  fc.assert(fc.property(list, list, (one, other) => {
    assert.equal(tupleKey(...one) === tupleKey(...other), JSON.stringify(one) === JSON.stringify(other));
  }));
  for (
    const [one, other] of [
      [["a", "b"], ["ab"]],
      [["a b", "c"], ["a", "b c"]],
      [["", "a"], ["a", ""]],
      [["1:a"], ["a"]],
      [["a1:b"], ["a", "b"]],
      [[], [""]],
      [["", ""], [""]],
    ] as const
  ) assert.notEqual(tupleKey(...one), tupleKey(...other));
});
