import assert from "node:assert/strict";
import { readGuardSettings } from "./settings.ts";

const read = (env: Record<string, string>) => readGuardSettings((name) => env[name]);

Deno.test("readGuardSettings() opens nothing by itself", () => {
  assert.deepEqual(read({}), {
    embed: [],
    cors: [],
    corsCredentials: false,
    proxies: [],
    connections: 1024,
    rate: undefined,
    stallMs: undefined,
    fetch: [],
  });
});

Deno.test("readGuardSettings() reads lists, numbers and words", () => {
  const settings = read({
    ATOLL_EMBED: "https://a.example, http://localhost:3000",
    ATOLL_CORS: "https://b.example:8443",
    ATOLL_CORS_CREDENTIALS: "1",
    ATOLL_PROXIES: "10.0.0.0/8,fd00::/8, 192.0.2.1",
    ATOLL_CONNECTIONS: "5",
    ATOLL_RATE: "7",
    ATOLL_BODY_TIMEOUT: "2",
    ATOLL_FETCH: "Files.example,[2001:db8::1]:8080",
  });
  assert.deepEqual(settings, {
    embed: ["https://a.example", "http://localhost:3000"],
    cors: ["https://b.example:8443"],
    corsCredentials: true,
    proxies: ["10.0.0.0/8", "fd00::/8", "192.0.2.1"],
    connections: 5,
    rate: 7,
    stallMs: 2000,
    fetch: ["files.example", "[2001:db8::1]:8080"],
  });
  assert.equal(read({ ATOLL_FETCH: "public" }).fetch, "public");
});

for (
  const [name, ...values] of [
    [
      "ATOLL_CORS",
      "*",
      "null",
      "app.example",
      "https://app.example/",
      "https://APP.example",
      "https://app.example:443",
      "ws://app.example",
      "https://*.example",
      "https://a@app.example",
    ],
    ["ATOLL_EMBED", "*", "https://app.example/x", "'self'", "https://a.example;script-src *"],
    [
      "ATOLL_PROXIES",
      "proxy.example",
      "10.0.0.0/33",
      "10.0.0/8",
      "::1/129",
      "10.0.0.0/",
      "fe80::1%eth0",
      "*",
    ],
    ["ATOLL_CONNECTIONS", "0", "-1", "many", "1.5"],
    ["ATOLL_RATE", "0", "fast"],
    ["ATOLL_CORS_CREDENTIALS", "yes"],
    ["ATOLL_BODY_TIMEOUT", "0", "x"],
    ["ATOLL_FETCH", "*", "https://a.example", "a.example/x", "a@b.example", "public,a.example", "0x7f.1"],
  ] as const
) {
  for (const value of values) {
    Deno.test(`readGuardSettings() refuses ${name}=${value} and says what would be right`, () => {
      assert.throws(() => read({ [name]: value }), (error) => {
        assert.ok(error instanceof RangeError && error.message.startsWith(`Cannot use ${name}`), `${error}`);
        assert.match(error.message, /must be|such as/);
        return true;
      });
    });
  }
}
