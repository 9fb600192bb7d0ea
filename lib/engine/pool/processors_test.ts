import assert from "node:assert/strict";
import { withoutFirst } from "./processors.ts";

Deno.test("Handlers may have all processors but the first", () => {
  const rows = [["0-1", "1"], ["0-3", "1-3"], ["2,5-7", "5-7"], ["4-5,9", "5,9"], ["0,2", "2"], [
    "0-63,65",
    "1-63,65",
  ]];
  for (const [list, rest] of rows) assert.equal(withoutFirst(list as string), rest, list);
});

Deno.test("Where there is one processor only, handlers have it too", () => {
  for (const list of ["0", "3", "", "none"]) assert.equal(withoutFirst(list), undefined, list);
});
