import assert from "node:assert/strict";
import fc from "fast-check";
import { unchanged } from "./origin_rows.ts";
import { forAll, raw, rawGet } from "./raw.ts";
import type { SecurityRow } from "./security_row.ts";

const json = { "content-type": "application/json" };
const HOSTS = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.nip.io",
  "a/b?c@d",
  "a b<script>",
  "user@localhost",
  "",
  "a".repeat(10_000),
  "localhost:99999",
];

/** Rows D08 to D10: by what name the server is called, and what proxies would say. */
export const hostRows: readonly SecurityRow[] = [
  {
    id: "D08",
    rule: "a name that the server has not is refused on every route, and changes no path",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path, pattern }) => {
        // Long ones take long, and are stopped before there is a route.
        const hosts = HOSTS.filter((host) => host.length < 100 || pattern === "/asked");
        for (const host of hosts) {
          const { status, body } = await rawGet(torture, path, { host });
          assert.ok(status === 421 || status === 400, `${host} ${path}: ${status}`);
          assert.ok(!body.includes("script"), path);
        }
        const absolute = await rawGet(torture, `http://evil.example${path}`);
        assert.equal(absolute.status, 421, path);
        const none = await raw(torture, `GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`);
        assert.equal(none.status, 421, path);
      });
    },
  },
  {
    id: "D08/any",
    rule: "of any text for a name, only the server's own are answered",
    run: async (torture) => {
      const own = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i;
      const word = fc.constantFrom(
        "localhost",
        "127.0.0.1",
        "[::1]",
        "evil.example",
        "::1",
        "0",
        "",
        "LOCALHOST",
      );
      const mark = fc.constantFrom(
        "",
        ":",
        ".",
        "@",
        "/",
        "?",
        "#",
        "%",
        "\\",
        " ",
        "\t",
        ",",
        ";",
        "[",
        "]",
      );
      const port = fc.constantFrom("", "80", "99999", "0x50", "-1", "8000 ", "65536", "65535");
      const part = fc.oneof(word, mark, port, fc.string({ maxLength: 6, unit: "grapheme-ascii" }));
      const host = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""));
      await fc.assert(
        fc.asyncProperty(host, async (host) => {
          const { status, headers } = await rawGet(torture, "/calls", { host });
          const match = own.exec(host.trim());
          const isOwn = match !== null && Number(match[1] ?? 0) <= 65_535;
          assert.ok(isOwn ? status === 200 : status === 421 || status === 400, `${host}: ${status}`);
          assert.equal(headers.get("location"), null);
        }),
        { numRuns: 500, seed: 8 },
      );
    },
  },
  {
    id: "D09",
    rule: "a forged name does not make another site's origin the server's own",
    run: unchanged(async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        const headers = { host: "evil.example", origin: "http://evil.example", cookie: "a=1", ...json };
        const { status, headers: got } = await rawGet(torture, path, headers, "POST");
        assert.equal(status, 421, path);
        assert.equal(got.get("access-control-allow-origin"), null);
      });
    }),
  },
  {
    id: "D10",
    rule: "what a proxy would say counts for nothing from who is no proxy",
    run: async (torture, { places }) => {
      const told = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "198.51.100.7",
        "x-forwarded-prefix": "//evil.example",
        forwarded: "for=198.51.100.7;host=evil.example;proto=https",
        "x-original-url": "/calls",
        "x-rewrite-url": "/calls",
        "x-http-method-override": "DELETE",
      };
      // What the harness counts is another at each request.
      await forAll(places.filter(({ pattern }) => !pattern.startsWith("/census")), async ({ path }) => {
        const [plain, other] = [await torture.fetch(path), await torture.fetch(path, { headers: told })];
        assert.equal(other.status, plain.status, path);
        const [before, after] = [await blank(plain), await blank(other)];
        assert.equal(after, before, path);
        assert.ok(!after.includes("evil.example"), path);
        assert.equal(other.headers.has("strict-transport-security"), false, path);
      });
    },
  },
];

/** An answer without what is another at each request. */
async function blank(answer: Response): Promise<string> {
  const text = await answer.text();
  const token = /name="\$session" value="([^"]+)"/.exec(text)?.[1] ?? "";
  return (token === "" ? text : text.replaceAll(token, "")).replace(/nonce="[^"]*"/g, "")
    .replace(/[\w-]{22}\.[\w-]{22,}/g, "");
}
