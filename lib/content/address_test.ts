import assert from "node:assert/strict";
import { linkAddress, pictureAddress } from "./address.ts";

Deno.test("linkAddress() takes out what browsers take out, at both ends and nowhere else", () => {
  assert.equal(linkAddress(" \0\x1f/a b\x01 \n"), "/a b");
  assert.equal(linkAddress("\t\n "), "");
  assert.equal(linkAddress("java\nscript:alert(1)"), undefined);
  const far = `/a${" ".repeat(100_000)}b`;
  assert.equal(linkAddress(far), far);
  assert.equal(pictureAddress(` ${far} `), far);
});
