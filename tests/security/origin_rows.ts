import assert from "node:assert/strict";
import fc from "fast-check";
import type { Torture } from "@/tests/torture/torture.ts";
import { forAll, raw, rawGet } from "./raw.ts";
import type { Scene, SecurityRow } from "./security_row.ts";

const EVIL = "https://evil.example";
const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const json = { "content-type": "application/json" };
const METHODS = ["TRACE", "CONNECT", "FOO", "get", "PROPFIND", "X".repeat(10_000)];
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

/** Rows D: who may ask, over all that can be asked for. */
export const originRows: readonly SecurityRow[] = [
  writes("D01", "a write from another site is refused everywhere", [{ origin: EVIL }]),
  writes("D02/writes", "a write from a site without a name is refused everywhere", [{ origin: "null" }]),
  writes("D06", "a write that is cross-site or same-site is refused everywhere, without Origin too", [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ]),
  {
    id: "D04",
    rule: "an origin that only looks like the server's own is not",
    run: async (torture, { places }) => {
      const { host, hostname, port } = new URL(torture.server.base);
      const origins = [
        `http://${host}.evil.example`,
        `http://evil${host}`,
        `http://${hostname}:${Number(port) + 1}`,
        `http://${hostname}`,
        `HTTP://${host}`,
        `http://${host}/`,
        `http://${host} `,
        `http://localhost:${port}`,
        `ftp://${host}`,
        "http://",
        "file://",
      ];
      await forAll(places, async ({ path }) => {
        for (const origin of origins) {
          // Spaces at the ends of a header are not part of it.
          const isOwn = origin.trim() === `http://${host}`;
          if (!isOwn) await refused(torture, path, "POST", { origin });
        }
      });
    },
  },
  {
    id: "D05",
    rule: "what a form of another site can send without asking changes nothing",
    run: unchanged(async (torture, { places }) => {
      const form = new FormData();
      form.set("$run.text", "");
      form.set("text", "x");
      const bodies = [form, new URLSearchParams({ "$run.text": "" }), '{"action":"text"}'];
      await forAll(places, async ({ path }) => {
        for (const body of bodies) {
          const answer = await torture.fetch(path, { method: "POST", headers: { origin: EVIL }, body });
          await answer.body?.cancel();
          assert.equal(answer.status, 403, path);
        }
      });
    }),
  },
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
  {
    id: "D12",
    rule: "no answer lets another site read it, with or without what logs people in",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        for (const method of ["GET", "OPTIONS"]) {
          for (const origin of [EVIL, "null"]) {
            const headers = {
              origin,
              "access-control-request-method": "POST",
              "access-control-request-headers": "a",
            };
            const answer = await torture.fetch(path, { method, headers });
            await answer.body?.cancel();
            for (const name of ["origin", "credentials", "methods", "headers", "private-network"]) {
              assert.equal(answer.headers.get(`access-control-allow-${name}`), null, `${method} ${path}`);
            }
            if (method === "OPTIONS") assert.equal(answer.status, 403, path);
          }
        }
      });
    },
  },
  {
    id: "D13",
    rule: "a write with a cookie alone says where it comes from, or is refused",
    run: async (torture, { places }) => {
      const types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
      ];
      await forAll(places, async ({ path }) => {
        for (const type of types) {
          const headers: Record<string, string> = { cookie: "__Host-atoll=x" };
          if (type !== "") headers["content-type"] = type;
          await refused(torture, path, "POST", headers);
        }
      });
    },
  },
  {
    id: "D14",
    rule: "an event under another type than JSON in UTF-8 runs nothing, on any page",
    run: unchanged(async (torture, { places }) => {
      const pages = places.filter(({ pattern }) =>
        /^\/(?:asked|torture|demos\/(?!members)\w+)$/.test(pattern)
      );
      assert.ok(pages.length > 15);
      const body = JSON.stringify({ action: "text", input: { text: "x" }, session: await torture.session() });
      await forAll(pages, async ({ path }) => {
        for (
          const type of ["text/plain", "", "text/json", "application/json; charset=utf-7", "application/xml"]
        ) {
          const sent = new TextEncoder().encode(body);
          const headers = type === "" ? undefined : { "content-type": type };
          const answer = await torture.fetch(path, {
            method: "POST",
            body: sent,
            ...(headers && { headers }),
          });
          await answer.body?.cancel();
          assert.equal(answer.status, 415, `${type} ${path}`);
        }
      });
    }),
  },
  {
    id: "D16",
    rule: "a socket from another site, from none and from a site without a name is refused everywhere",
    run: async (torture, { places }) => {
      const socket = {
        connection: "upgrade, close",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        cookie: "__Host-atoll=x",
      };
      await forAll(places, async ({ path }) => {
        for (const origin of [EVIL, "null", undefined]) {
          const headers = origin === undefined ? socket : { ...socket, origin };
          const { status } = await rawGet(torture, path, headers);
          assert.equal(status, 403, `${origin} ${path}`);
        }
      });
    },
  },
  {
    id: "D17",
    rule: "an event stream that another site opens is refused everywhere",
    run: unchanged(async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        const accept = "text/event-stream";
        const senders: Record<string, string>[] = [
          { origin: EVIL },
          { origin: "null" },
          { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
          { "sec-fetch-site": "same-site", cookie: "__Host-atoll=x" },
        ];
        for (const headers of senders) await refused(torture, path, "GET", { accept, ...headers });
      });
    }),
  },
  {
    id: "D18",
    rule: "asking changes nothing: not what runs, not what is held, not the disk",
    run: unchanged(async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        for (const method of ["GET", "HEAD", "OPTIONS"]) {
          const query = "?action=text&cancel=1&$run.text=&$session=x&_method=DELETE";
          const answer = await torture.fetch(path + query, { method });
          await answer.body?.cancel();
          assert.ok(answer.status < 500 || path.endsWith("/ready"), `${method} ${path}: ${answer.status}`);
        }
      });
    }),
  },
  {
    id: "D20",
    rule: "a method that nothing has is refused on every route, and the answer says which there are",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path, pattern }) => {
        for (const method of METHODS.filter((method) => method.length < 100 || pattern === "/asked")) {
          const { status, headers } = await rawGet(torture, path, {}, method);
          assert.ok([400, 405, 414, 421, 501].includes(status), `${method.slice(0, 9)} ${path}: ${status}`);
          if (status === 405) assert.match(headers.get("allow") ?? "", /GET/, path);
        }
        for (const method of WRITES) {
          const { status, headers, body } = await torture.fetch(path, { method });
          await body?.cancel();
          if (status === 405) assert.match(headers.get("allow") ?? "", /[A-Z]{3}/, `${method} ${path}`);
        }
      });
    },
  },
  {
    id: "D21",
    rule: "nobody logs somebody else's browser in",
    run: async (torture, { places }) => {
      const logins = places.filter(({ pattern }) =>
        /members\/(?:login|login\/start|logout|account)$/.test(pattern)
      );
      assert.equal(logins.length, 4);
      for (const { path } of logins) {
        const body = new URLSearchParams({ name: "vera", password: "low-tide" });
        const answer = await torture.fetch(path, { method: "POST", headers: { origin: EVIL }, body });
        await answer.body?.cancel();
        assert.equal(answer.status, 403, path);
        assert.equal(answer.headers.get("set-cookie"), null);
      }
    },
  },
];

function writes(id: string, rule: string, headers: readonly Record<string, string>[]): SecurityRow {
  return {
    id,
    rule,
    run: unchanged(async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        for (const method of WRITES) {
          for (const one of headers) await refused(torture, path, method, { ...json, ...one });
        }
      });
    }),
  };
}

async function refused(
  torture: Torture,
  path: string,
  method: string,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await torture.fetch(path, { method, headers });
  const text = await answer.text();
  assert.equal(answer.status, 403, `${method} ${path} ${JSON.stringify(headers)}: ${text.slice(0, 100)}`);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
}

/** Does something, and looks whether any handler was called, anything is held, or anything lies on the disk. */
function unchanged(run: SecurityRow["run"]): SecurityRow["run"] {
  return async (torture, scene) => {
    const before = await stateOf(torture, scene);
    await run(torture, scene);
    const { held, ...after } = await stateOf(torture, scene);
    assert.deepEqual({ ...after, held: before.held }, before);
    // What is over may be forgotten meanwhile.
    assert.ok(held.runs <= before.held.runs && held.sessions <= before.held.sessions, JSON.stringify(held));
  };
}

async function stateOf(torture: Torture, { data }: Scene) {
  const { calls } = await (await torture.fetch("/calls")).json();
  const { load: { runs, sessions, waiting } } = await torture.count();
  const files: string[] = [];
  const walk = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory) walk(`${path}/${name}`);
      else files.push(`${path}/${name}`);
    }
  };
  walk(data);
  return { calls, waiting, held: { runs, sessions }, files: files.sort() };
}

/** An answer without what is another at each request. */
async function blank(answer: Response): Promise<string> {
  const text = await answer.text();
  const token = /name="\$session" value="([^"]+)"/.exec(text)?.[1] ?? "";
  return (token === "" ? text : text.replaceAll(token, "")).replace(/nonce="[^"]*"/g, "")
    .replace(/[\w-]{22}\.[\w-]{22,}/g, "");
}
