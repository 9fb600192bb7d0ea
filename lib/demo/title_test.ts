import assert from "node:assert/strict";
import { titleOf } from "./title.ts";

Deno.test("titleOf() gives the title of a demo, or the last part of its path in words", () => {
  assert.equal(titleOf({ title: "Greeter" }, "/demos/hello"), "Greeter");
  assert.equal(titleOf({ title: undefined }, "/demos/zz_reverse"), "Zz reverse");
  assert.equal(titleOf({}, "/demos/more/pictureDesk-two"), "Picture desk two");
  assert.equal(titleOf({}, "/"), "Demo");
});
