import assert from "node:assert/strict";
import { isEnter } from "./enter.ts";

for (
  const [what, event, expected] of [
    ["Enter", { key: "Enter", isComposing: false, keyCode: 13 }, true],
    ["a letter", { key: "a", isComposing: false, keyCode: 65 }, false],
    ["Enter within a composition", { key: "Enter", isComposing: true, keyCode: 13 }, false],
    ["Enter that ends a composition in Safari", { key: "Enter", isComposing: false, keyCode: 229 }, false],
  ] as const
) {
  Deno.test(`isEnter() of ${what} is ${expected}`, () => assert.equal(isEnter(event), expected));
}
