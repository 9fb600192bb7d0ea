import assert from "node:assert/strict";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { type JsonLimits, readJson } from "./body.ts";

const MIB = 1024 * 1024;
const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const repeat = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join();

const refused: readonly (readonly [what: string, body: string | Uint8Array<ArrayBuffer>, code: FaultCode])[] =
  [
    ["nothing", "", "bad_request"],
    ["a brace", "{", "bad_request"],
    ["two objects", "{}{}", "bad_request"],
    ["a byte order mark", bytes("\xef\xbb\xbf{}"), "bad_request"],
    ["a trailing comma", "[1,]", "bad_request"],
    ["a comment", "{} // x", "bad_request"],
    ["single quotes", "{'a':1}", "bad_request"],
    ["1 MiB of spaces", " ".repeat(MIB), "bad_request"],
    ["NaN", "NaN", "bad_request"],
    ["Infinity", "[-Infinity]", "bad_request"],
    ["a hexadecimal number", "0x10", "bad_request"],
    ["a number with a separator", "1_000", "bad_request"],
    ["a raw NUL in a text", '"a\0b"', "bad_request"],
    ["a byte that is not UTF-8", bytes('"\xff"'), "bad_request"],
    ["an overlong letter", bytes('"\xc0\x80"'), "bad_request"],
    ["half a pair in UTF-8", bytes('"\xed\xa0\x80"'), "bad_request"],
    ["a cut letter", bytes('"\xe2\x82"'), "bad_request"],
    ["UTF-16", bytes('\xff\xfe"\0x\0"\0'), "bad_request"],
    ["33 levels", nested(33), "bad_request"],
    ["40,000 levels", nested(40_000), "bad_request"],
    ["500,000 levels", nested(500_000), "too_large"],
    ["50,001 values", `[${"1,".repeat(49_999)}1]`, "too_large"],
    ["50,001 values of objects", `{${repeat(50_000, (at) => `"${at}":1`)}}`, "too_large"],
    ["33 levels of objects", '{"a":'.repeat(33) + "1" + "}".repeat(33), "bad_request"],
    ["1e400", '{"a":[1e400]}', "bad_input"],
    ["-1E+400", "-1E+400", "bad_input"],
    ["1.5e0000309", "1.5e0000309", "bad_input"],
    ["a number of 1,000 digits", "9".repeat(1000), "bad_input"],
    ["a long number with a short exponent", `${"9".repeat(250)}.0e99`, "bad_input"],
    ["__proto__", '{"__proto__":{"polluted":1}}', "bad_input"],
    ["__proto__ deep inside", '{"a":[{"b":{"__proto__":1}}]}', "bad_input"],
    ["__proto__ escaped", '{"\\u005f_proto__":1}', "bad_input"],
    ["constructor", '{"constructor":{"prototype":{"polluted":1}}}', "bad_input"],
    ["constructor escaped", '{"construct\\u006Fr":1}', "bad_input"],
    ["constructor before a space", '{"constructor" :1}', "bad_input"],
    ["prototype", '[{"prototype":null}]', "bad_input"],
    ["1 MiB and a byte", `"${"x".repeat(MIB - 1)}"`, "too_large"],
    ["10 MB", `"${"x".repeat(10_000_000)}"`, "too_large"],
    ["1,000,000 elements", `[${"1,".repeat(999_999)}1]`, "too_large"],
  ];

for (const [what, body, code] of refused) {
  Deno.test(`readJson() refuses ${what}`, async () => {
    for (const request of both(body)) {
      const fault = await readJson(request).then(() => undefined, (error) => error);
      assert.ok(fault instanceof Fault && fault.code === code, `${fault}`);
      assert.doesNotMatch(fault.message, /position|line \d|column|Unexpected|token/i);
    }
  });
}

const accepted: readonly (readonly [what: string, body: string])[] = [
  ["null", "null"],
  ["an empty list", "[]"],
  ["a text", '"x"'],
  ["a number", "1"],
  ["white space", " \r\n\t{} "],
  ["32 levels", nested(32)],
  ["many brackets side by side", `[${repeat(100, () => "[{}]")}]`],
  ["brackets in a text", JSON.stringify("[".repeat(1000))],
  ["-0", "[-0]"],
  ["a number too small to tell from 0", "1e-400"],
  ["a whole number past 2^53", "9007199254740993"],
  ["the largest number", "1.7976931348623157e308"],
  ["digits with an exponent in a text", '"1e400"'],
  ["NaN in a text", '"NaN"'],
  ["half a pair", '"\\ud800"'],
  ["NUL in text and name", '{"a\\u0000b":"c\\u0000d"}'],
  ["no letter at all", '"\ufffe\uffff"'],
  ["forbidden names that are no keys", '["__proto__","constructor",{"a":"prototype"},{"_constructor":1}]'],
  ["names of other inherited things", '{"toString":1,"hasOwnProperty":2,"valueOf":3}'],
  ["49,000 keys", `{${repeat(49_000, (at) => `"${at * 16}":1`)}}`],
  ["49,999 elements", `[${"1,".repeat(49_998)}1]`],
  ["500,000 commas in a text", JSON.stringify(",".repeat(500_000))],
];

for (const [what, body] of accepted) {
  Deno.test(`readJson() reads ${what}`, async () => {
    for (const request of both(body)) {
      const value = await readJson(request);
      assert.ok(Object.is(JSON.stringify(value), JSON.stringify(JSON.parse(body))));
    }
  });
}

Deno.test("readJson() pollutes no prototype", () => {
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

const types: readonly (readonly [type: string | undefined, fits: boolean])[] = [
  ["application/json", true],
  ["application/json; charset=utf-8", true],
  ['Application/JSON;Charset="UTF-8"', true],
  [undefined, false],
  ["", false],
  ["text/plain", false],
  ["text/plain; application/json", false],
  ["application/jsonp", false],
  ["application/x-www-form-urlencoded", false],
  ["application/json; charset=utf-16", false],
  ["application/json; charset=iso-8859-1", false],
];
for (const [type, fits] of types) {
  Deno.test(`readJson() ${fits ? "takes" : "refuses"} the content type ${type}`, async () => {
    const request = post(bytes("{}"), { "content-type": type ?? "" });
    if (type === undefined) request.headers.delete("content-type");
    if (fits) assert.deepEqual(await readJson(request), {});
    else await assert.rejects(readJson(request), { code: "unsupported_type" });
  });
}

Deno.test("readJson() refuses a compressed body", async () => {
  const request = post(bytes("{}"), { "content-type": "application/json", "content-encoding": "gzip" });
  await assert.rejects(readJson(request), { code: "unsupported_type" });
});

Deno.test("readJson() refuses by the length that is told before it reads", async () => {
  let read = false;
  const body = new ReadableStream<Uint8Array>({ pull: () => void (read = true) }, { highWaterMark: 0 });
  await assert.rejects(readJson(post(body, { "content-length": `${MIB + 1}` })), { code: "too_large" });
  assert.equal(read, false);
});

Deno.test("readJson() stops reading at the limit when no length is told", async () => {
  let given = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(0x20));
    },
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  await assert.rejects(readJson(post(body)), { code: "too_large" });
  assert.ok(given <= MIB + 2 * 65_536, `${given} bytes were read`);
  assert.ok(cancelled);
});

Deno.test("readJson() refuses a body longer than the length that was told", async () => {
  const request = post(bytes(`"${"x".repeat(2000)}"`), { "content-length": "5" });
  await assert.rejects(readJson(request, { maxBytes: 1000 }), { code: "too_large" });
});

const slow: readonly (readonly [what: string, headers: Record<string, string>, limits: JsonLimits])[] = [
  ["stalls", {}, { stallMs: 10 }],
  ["stalls and is short", { "content-length": "20" }, { stallMs: 10 }],
  ["drips", {}, { graceMs: 10 }],
];
for (const [what, headers, limits] of slow) {
  Deno.test(`readJson() gives up on a body that ${what}`, async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const drip = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      return new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          controller.enqueue(bytes(" "));
          resolve();
        }, 2);
      });
    };
    const stall = () => new Promise<void>(() => {});
    const body = new ReadableStream<Uint8Array>({ pull: limits.graceMs ? drip : stall }, {
      highWaterMark: 0,
    });
    await assert.rejects(readJson(post(body, headers), limits), { code: "timeout" });
    clearTimeout(timer);
  });
}

Deno.test("readJson() tells a sender that went away from one that sent nonsense", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("reset")) }, {
    highWaterMark: 0,
  });
  await assert.rejects(readJson(post(body)), { code: "cancelled" });
});

/** The body with and without its length told: short ones are read in another way then. */
function* both(body: string | Uint8Array<ArrayBuffer>): Generator<Request> {
  const whole = typeof body === "string" ? new TextEncoder().encode(body) : body;
  yield post(whole);
  yield post(whole, { "content-length": `${whole.length}` });
}

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}
