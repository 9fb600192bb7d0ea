import assert from "node:assert/strict";
import type { Torture } from "@/tests/torture/torture.ts";
import { forAll, rawGet } from "./raw.ts";
import type { Place } from "./route_list.ts";
import type { SecurityRow } from "./security_row.ts";

const json = { "content-type": "application/json" };
const encoder = new TextEncoder();
const MIB = 1024 * 1024;

/** Rows G01 to G08 and G30: bodies and addresses that are none. */
export const bodyRows: readonly SecurityRow[] = [
  {
    id: "G01",
    rule: "what is no JSON object is refused on every page, without a word on where it broke",
    run: unrun(async (torture, { places }) => {
      const bodies = ["", "{", "null", "[]", '"x"', "1", "{}{}", "\ufeff{}", '{"a":1,}', "{/**/}", "{'a':1}"];
      await forAll(pages(places), async ({ path }) => {
        for (const body of [...bodies, " ".repeat(MIB - 1)]) {
          if (body.length > 9 && path !== "/asked") continue;
          const { status, text } = await post(torture, path, body);
          assert.equal(status, 400, `${path} ${body.slice(0, 9)}: ${text}`);
          assert.doesNotMatch(text, /position|line \d|column/, path);
        }
      });
    }),
  },
  {
    id: "G02",
    rule: "text that is no text is refused or comes back as it was, and NUL ends nothing",
    run: async (torture) => {
      const session = await torture.session();
      const wrong = [
        [0x7b, 0xff, 0x7d],
        [0x7b, 0xc0, 0xaf, 0x7d],
        [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
        [0xed, 0xa0, 0x80],
        [0xf8, 0x88, 0x80, 0x80, 0x80],
      ];
      for (const bytes of wrong) {
        assert.equal((await post(torture, "/asked", new Uint8Array(bytes))).status, 400);
      }
      for (
        const text of ["a\0b", "\ufffe", "\ud83d\ude00", "\u202ertl", "\ufeffbom", "e\u0301", "\u{e0041}"]
      ) {
        const { values } = await torture.call("text", { text }, { session, page: "/asked" });
        assert.equal(values.out, text);
      }
      // Half of a pair is no text in any encoding that could carry it back.
      const body = `{"action":"text","input":{"text":"\\ud800"},"session":"${session}"}`;
      const { status, text } = await post(torture, "/asked", body);
      assert.ok(status >= 400 && status < 500 || text.includes("ud800") || text.includes("\ufffd"), text);
      for (const name of ["text\0", "\0", "te\0xt"]) {
        const called = await torture.call(name, { text: "x" }, { session, page: "/asked" });
        assert.equal(called.status, 404, JSON.stringify(name));
        const input = await torture.call("text", { [name]: "x" }, { session, page: "/asked" });
        assert.equal(input.status, 422, JSON.stringify(name));
        assert.equal((await torture.resume(`${"A".repeat(21)}${name}`, 0, session)).status, 404);
      }
    },
  },
  {
    id: "G04",
    rule: "a million of anything is refused or answered without holding others up",
    run: async (torture) => {
      const session = await torture.session();
      const wrap = (data: string) => `{"action":"data","input":{"data":${data}},"session":"${session}"}`;
      const bodies = {
        "a million entries": wrap(`[${"0,".repeat(999_999)}0]`),
        "a million keys": wrap(`{${Array.from({ length: 1_000_000 }, (_, at) => `"${at}":0`).join()}}`),
        "40,000 keys": wrap(`{${Array.from({ length: 40_000 }, (_, at) => `"${at}":0`).join()}}`),
        "a text of 10 MB": wrap(`"${"x".repeat(10_000_000)}"`),
        "a number of a thousand digits": wrap("9".repeat(1000)),
        "40,000 levels": wrap("[".repeat(40_000) + "]".repeat(40_000)),
        "33 levels": wrap("[".repeat(33) + "]".repeat(33)),
      };
      for (const [what, body] of Object.entries(bodies)) {
        const { status } = await post(torture, "/asked", body);
        assert.ok(
          status === 200 && what === "40,000 keys" || [400, 413, 422].includes(status),
          `${what}: ${status}`,
        );
      }
    },
  },
  {
    id: "G05",
    rule: "a JSON body of 1 MiB and one byte is refused on every page before it is read as JSON",
    run: unrun(async (torture, { places }) => {
      const large = encoder.encode("x".repeat(MIB + 1));
      await forAll(pages(places), async ({ path }) => {
        const { status } = await post(torture, path, large);
        assert.equal(status, 413, path);
      });
      const piece = encoder.encode("x".repeat(65_536));
      const untold = () => {
        let left = 17;
        return new ReadableStream<Uint8Array>({
          pull: (controller) => left-- > 0 ? controller.enqueue(piece) : controller.close(),
        });
      };
      for (const { path } of pages(places).slice(0, 4)) {
        const answer = await torture.fetch(path, { method: "POST", headers: json, body: untold() });
        await answer.body?.cancel();
        assert.equal(answer.status, 413, path);
      }
      // What routes of authors read is bounded by the largest upload, whatever they read it with.
      const { status } = await post(torture, "/one/x", encoder.encode("x".repeat(10 * MIB)));
      assert.equal(status, 413);
    }),
  },
  {
    id: "G06",
    rule: "no key of a body reaches a prototype, at any level, and others see the same pages after it",
    run: unrun(async (torture, { places }) => {
      const session = await torture.session();
      const before = await pageOf(torture);
      const evil = { polluted: "yes" };
      for (const key of ["__proto__", "constructor", "prototype"]) {
        const inner = key === "constructor" ? `{"prototype":${JSON.stringify(evil)}}` : JSON.stringify(evil);
        const bodies = [
          `{"${key}":${inner},"action":"data"}`,
          `{"action":"data","input":{"${key}":${inner}},"session":"${session}"}`,
          `{"action":"data","input":{"data":{"${key}":${inner}}},"session":"${session}"}`,
          `{"action":"data","input":{"data":[[{"a":{"${key}":${inner}}}]]},"session":"${session}"}`,
          `{"action":"data","input":{"data":{"\\u00${hex(key)}${
            key.slice(1)
          }":${inner}}},"session":"${session}"}`,
          `{"action":"data","rest":{"${key}":${inner}},"session":"${session}"}`,
          `{"action":"data","event":{"${key}":${inner}},"session":"${session}"}`,
          `{"action":"${key}","session":"${session}"}`,
        ];
        for (const { path } of pages(places)) {
          const { status, text } = await post(torture, path, bodies[0] as string);
          assert.equal(status, 422, `${path}: ${text}`);
        }
        for (const [at, body] of bodies.entries()) {
          const { status, text } = await post(torture, "/asked", body);
          assert.equal(status, at === 7 ? 404 : 422, `${body}: ${text}`);
        }
      }
      const form = new FormData();
      form.set("$session", session);
      form.set("$run.data", "");
      form.set("__proto__", "x");
      form.set("constructor", "x");
      form.set("data", '{"__proto__":{"polluted":1}}');
      const answer = await torture.fetch("/torture", { method: "POST", body: form });
      await answer.body?.cancel();
      const { polluted } = await (await torture.fetch("/calls")).json();
      assert.deepEqual(polluted, []);
      assert.equal(await pageOf(torture), before);
    }),
  },
  {
    id: "G08",
    rule: "a number that is none, or past all numbers, is refused and nothing stands in its place",
    run: async (torture) => {
      const session = await torture.session();
      const ask = (data: string, action = "data") =>
        post(
          torture,
          "/asked",
          `{"action":"${action}","input":{"${action}":${data}},"session":"${session}"}`,
        );
      for (const number of ["1e400", "-1e400", "[1e999]", '{"a":1e400}', "9".repeat(400), "1e0400"]) {
        assert.equal((await ask(number)).status, 422, number.slice(0, 20));
      }
      for (const number of ["NaN", "Infinity", "-Infinity", "0x10", "1_000", "+1", ".5", "01", "1."]) {
        assert.equal((await ask(number)).status, 400, number);
      }
      for (const text of ['"NaN"', '"Infinity"', '"5"', "1e309", "null"]) {
        assert.equal((await ask(text, "level")).status, 422, text);
      }
      for (
        const [sent, back] of [["1e-400", 0], ["-0", 0], ["9007199254740993", 9007199254740992]] as const
      ) {
        const { status, text } = await ask(sent);
        assert.equal(status, 200);
        assert.match(text, new RegExp(`"out":-?${back}[,}]`), sent);
      }
    },
  },
  {
    id: "G30",
    rule: "whatever follows the question mark breaks no route",
    run: async (torture, { places }) => {
      const queries = [
        "a[]=",
        "a=1&a=2",
        "%",
        "%zz",
        "=",
        "&&&",
        "__proto__=1",
        "%00",
        "%ff",
        "theme=<x>",
        "?",
        "#",
      ];
      await forAll(places, async ({ path }) => {
        for (const query of [...queries, "x".repeat(9000), "a=1&".repeat(10_000)]) {
          const long = query.length > 8000;
          if (long && !/^\/(?:asked|healthz|demos\/greeter)$/.test(path)) continue;
          const { status } = await rawGet(torture, `${path}?${query}`);
          const isReady = status === 503 && path === "/healthz/ready";
          assert.ok(
            long ? status === 400 || status === 414 : status < 500 || isReady,
            `${path} ${query.slice(0, 9)}`,
          );
        }
      });
    },
  },
];

function hex(key: string): string {
  return key.charCodeAt(0).toString(16);
}

/** The pages of demos that anybody may ask. */
function pages(places: readonly Place[]): readonly Place[] {
  const found = places.filter(({ pattern }) => /^\/(?:asked|torture|demos\/(?!members)\w+)$/.test(pattern));
  assert.ok(found.length > 15);
  return found;
}

async function post(
  torture: Torture,
  path: string,
  body: BodyInit,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await torture.fetch(path, { method: "POST", headers: json, body });
  return { status: answer.status, text: await answer.text() };
}

async function pageOf(torture: Torture): Promise<string> {
  const html = await (await torture.fetch("/asked")).text();
  const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  return html.replaceAll(token, "").replace(/nonce="[^"]*"/g, "");
}

/** Does something, and sees that no handler was called. */
function unrun(run: SecurityRow["run"]): SecurityRow["run"] {
  return async (torture, scene) => {
    const before = await (await torture.fetch("/calls")).json();
    await run(torture, scene);
    assert.deepEqual(await (await torture.fetch("/calls")).json(), before);
  };
}
