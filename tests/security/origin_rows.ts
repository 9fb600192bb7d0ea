import assert from "node:assert/strict";
import type { Torture } from "@/tests/torture/torture.ts";
import { forAll, rawGet } from "./raw.ts";
import type { Scene, SecurityRow } from "./security_row.ts";

const EVIL = "https://evil.example";
const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const json = { "content-type": "application/json" };
const METHODS = ["TRACE", "CONNECT", "FOO", "get", "PROPFIND", "X".repeat(10_000)];

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
export function unchanged(run: SecurityRow["run"]): SecurityRow["run"] {
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
