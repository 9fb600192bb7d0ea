import assert from "node:assert/strict";
import { oneLine } from "./one_line.ts";

Deno.test("oneLine() leaves out what of an address may be secret", () => {
  assert.equal(
    oneLine("error sending request for url (https://ada:pw@api.example/v1/x?key=abc#frag): refused"),
    "error sending request for url (https://api.example/v1/x?...): refused",
  );
  assert.equal(oneLine("redis://:pw@db:6379/0 is away"), "redis://db:6379/0 is away");
  assert.equal(oneLine("see https://a.example/b, please"), "see https://a.example/b, please");
});

Deno.test("oneLine() leaves out credentials and session tokens", () => {
  const token = `${"a".repeat(22)}.${"0".repeat(32)}`;
  assert.equal(oneLine(`bad token ${token}!`), "bad token <session>!");
  assert.equal(oneLine("authorization: Bearer abcdefgh.ijk"), "authorization: Bearer ...");
  assert.equal(oneLine("Basic QWRhOnNlY3JldA== was sent"), "Basic ... was sent");
});

Deno.test("oneLine() escapes what changes lines or their direction, and cuts what is long", () => {
  assert.equal(oneLine("a\nb\r\x1b[2J\u202e\u2028\0"), "a\\u000ab\\u000d\\u001b[2J\\u202e\\u2028\\u0000");
  assert.equal(oneLine("x".repeat(5000)).length, 2003);
});

Deno.test("oneLine() takes no longer for text that was made to keep it busy", () => {
  const since = performance.now();
  for (const part of ["a://", "a.", "://@", "Bearer ", "a@"]) oneLine(part.repeat(100_000));
  assert.ok(performance.now() - since < 500);
});
