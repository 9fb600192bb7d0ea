import assert from "node:assert/strict";
import { App } from "fresh";
import { guarded } from "@/lib/gate/guard.ts";

// What no client library would send, straight through the server.
const lines: readonly (readonly [what: string, text: string, status: RegExp])[] = [
  ["its own name", "GET /seen HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 200/],
  ["its own address", "GET /seen HTTP/1.1\r\nHost: 127.0.0.1:80", /^HTTP\/1\.1 200/],
  [
    "its own name in the request line",
    "GET http://localhost/seen HTTP/1.1\r\nHost: localhost",
    /^HTTP\/1\.1 200/,
  ],
  ["no name", "GET /seen HTTP/1.1", /^HTTP\/1\.1 421/],
  ["no name in the old way", "GET /seen HTTP/1.0", /^HTTP\/1\.0 421/],
  ["an empty name", "GET /seen HTTP/1.1\r\nHost: ", /^HTTP\/1\.1 421/],
  ["two names", "GET /seen HTTP/1.1\r\nHost: localhost\r\nHost: evil.example", /^HTTP\/1\.1 4(?:00|21)/],
  [
    "another name in the request line",
    "GET http://evil.example/seen HTTP/1.1\r\nHost: localhost",
    /^HTTP\/1\.1 421/,
  ],
  [
    "another name in the header",
    "GET http://localhost/seen HTTP/1.1\r\nHost: evil.example",
    /^HTTP\/1\.1 421/,
  ],
  ["a path in the name", "GET /x HTTP/1.1\r\nHost: localhost/seen?", /^HTTP\/1\.1 421/],
  ["a user in the name", "GET /seen HTTP/1.1\r\nHost: evil@localhost", /^HTTP\/1\.1 421/],
  ["a space in the name", "GET /seen HTTP/1.1\r\nHost: a b<script>", /^HTTP\/1\.1 4(?:00|21)/],
  ["a port past all ports", "GET /seen HTTP/1.1\r\nHost: localhost:99999", /^HTTP\/1\.1 421/],
  ["a name of 10 KB", `GET /seen HTTP/1.1\r\nHost: ${"a".repeat(10_000)}`, /^HTTP\/1\.1 421/],
  ["brackets with nothing in them", "GET /seen HTTP/1.1\r\nHost: [::::]", /^HTTP\/1\.1 421/],
  ["CONNECT", "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1", /^HTTP\/1\.1 4(?:05|21)/],
  ["TRACE", "TRACE /seen HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 405/],
  ["small letters", "get /seen HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 405/],
  ["a method of 10 KB", `${"X".repeat(10_000)} /seen HTTP/1.1\r\nHost: localhost`, /^HTTP\/1\.1 4/],
  ["half an escape", "GET /%zz%?%zz=% HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 4/],
  ["an address as a path", "GET //evil.example/seen HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 404/],
  ["10,000 parameters", `GET /seen?${"a=1&".repeat(10_000)} HTTP/1.1\r\nHost: localhost`, /^HTTP\/1\.1 400/],
  [
    "both lengths",
    "POST /seen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
    /^HTTP\/1\.1 400/,
  ],
  [
    "two lengths",
    "POST /seen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4",
    /^HTTP\/1\.1 400/,
  ],
];

Deno.test("guarded() answers what no browser sends without an error of its own", async (t) => {
  let seen = 0;
  for (const names of [[], ["*"]]) {
    const app = guarded(new App(), { names, dev: false }).get("/seen", () => {
      seen++;
      return new Response("seen");
    });
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());
    for (const [what, text, status] of lines) {
      await t.step(`${what}${names.length > 0 ? ", where any name is answered" : ""}`, async () => {
        const before = seen;
        using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
        await connection.write(new TextEncoder().encode(`${text}\r\nConnection: close\r\n\r\n`));
        const answer = await new Response(connection.readable).text();
        assert.match(answer, status);
        assert.equal(seen - before, answer.includes(" 200 ") ? 1 : 0);
        assert.doesNotMatch(answer, /\.ts:\d|at file/);
      });
    }
  }
});
