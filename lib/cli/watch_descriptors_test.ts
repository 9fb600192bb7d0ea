import assert from "node:assert/strict";
import { manyOf, shareOf } from "./watch_descriptors.ts";

Deno.test("shareOf() is a quarter, so that two addresses together bring no cut about", () => {
  for (const most of [4, 64, 256, 1024, 65_536]) {
    assert.ok(2 * shareOf(most) < manyOf(most), `${most}`);
    assert.equal(shareOf(most), most / 4);
  }
  assert.equal(shareOf(3), 1, "a server that may have next to none still answers");
});
