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

Deno.test("oneLine() leaves out the colours of a terminal", () => {
  assert.equal(oneLine("\x1b[0m\x1b[1m\x1b[31merror\x1b[0m: no such package"), "error: no such package");
  assert.equal(oneLine("\x1b]0;title\x07"), "\\u001b]0;title\\u0007");
});

Deno.test("oneLine() leaves out credentials and session tokens", () => {
  const token = `${"a".repeat(22)}.${"0".repeat(32)}`;
  assert.equal(oneLine(`bad token ${token}!`), "bad token <session>!");
  assert.equal(oneLine("authorization: Bearer abcdefgh.ijk"), "authorization: ...");
  assert.equal(oneLine("Basic QWRhOnNlY3JldA== was sent"), "Basic ... was sent");
});

Deno.test("oneLine() leaves out what is called a secret, and nothing that only sounds like one", () => {
  const left: Readonly<Record<string, string>> = {
    "login failed: password=hunter2 for ada": "login failed: password=... for ada",
    "DB_PASSWORD: s3cr3t!": "DB_PASSWORD: ...",
    "PGPASSWORD=abc": "PGPASSWORD=...",
    'password: "a b\\" c", user: ada': "password:..., user: ada",
    "password='it is\\'nt' x": "password=... x",
    'password="never ends': "password=...",
    "cookie=__Host-atoll=abcDEF123; theme=dark": "cookie=...",
    "Set-Cookie: a=b; Path=/": "Set-Cookie: ...",
    "__Host-atoll-other=abc, x": "__Host-atoll-other=..., x",
    "token=abc&x=1": "token=...&x=1",
    '{"token":"abc","x":1}': '{"token":...,"x":1}',
    "accessToken: 'abc'": "accessToken:...",
    "x-api-key: 12345": "x-api-key: ...",
    "client_secret=a,b": "client_secret=...,b",
    "passphrase: abcdefg": "passphrase: ...",
    "secret:'v'": "secret:...",
    "passcode=1234": "passcode=...",
    "otp: 123456": "otp: ...",
    "exit 1: tool --password hunter2 --user ada": "exit 1: tool --password ... --user ada",
    "tool --api-key 'a b' x": "tool --api-key ... x",
    "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk expired": "jwt <token> expired",
    "authorization=Basic abcd": "authorization=...",
    [`key atk_${"0".repeat(16)}_${"A".repeat(43)}.`]: "key <key>.",
  };
  for (const [text, expected] of Object.entries(left)) assert.equal(oneLine(text), expected, text);
  for (
    const text of [
      `Unexpected token 'a', "abc" is not valid JSON`,
      "the password is wrong",
      "passwords differ: 3",
      "eyJ.x",
      "compass: north",
      "bypass=1",
      "author=Bob",
      "tokenizer: loaded",
      "session: 12 values",
      "token://host/x",
    ]
  ) assert.equal(oneLine(text), text);
});

Deno.test("oneLine() escapes what changes lines or their direction, and cuts what is long", () => {
  assert.equal(oneLine("a\nb\r\x1b[2J\u202e\u2028\0"), "a\\u000ab\\u000d\\u001b[2J\\u202e\\u2028\\u0000");
  assert.equal(oneLine("x".repeat(5000)).length, 2003);
});

Deno.test("oneLine() ends for text that was made to keep it busy", () => {
  const parts =
    'a:// a. ://@ Bearer_ a@ password token=" cookie: \\\\ secret_: --a --password_ eyJa eyJaaaaaaaa.'.split(
      " ",
    );
  // With a pattern that goes back and forth, each of these takes hours.
  for (const part of parts) assert.ok(oneLine(part.replace("_", " ").repeat(1_000_000)).length < 2100, part);
});
