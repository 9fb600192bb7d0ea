import assert from "node:assert/strict";
import { checkbox } from "./mod.ts";

Deno.test("checkbox() is not ticked at the start", () => assert.equal(checkbox().initial, false));

Deno.test("checkbox() reads a form without its name as false", () => {
  assert.equal(checkbox.component.form({ texts: [], files: [] }, {}), false);
  assert.equal(checkbox.component.form({ texts: ["on"], files: [] }, {}), true);
});
