// deno-lint-ignore-file no-console -- the log itself is what is tested
import assert from "node:assert/strict";
import { Fault, type FaultCode, FAULTS } from "@/lib/value/fault.ts";
import { refuse, report } from "./reply.ts";

const here = "lib/gate/reply_test.ts";
const source = await Deno.readTextFile(new URL(import.meta.url));

/** The first line of this file that has a text in it. */
function lineOf(text: string): number {
  return source.slice(0, source.indexOf(text)).split("\n").length;
}

Deno.test("refuse() answers each code with its status, as JSON that nothing guesses at", async () => {
  for (const [code, { status, retry }] of Object.entries(FAULTS)) {
    const response = refuse(new Fault(code as FaultCode, "No", { field: "name" }));
    assert.equal(response.status, status, code);
    assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.has("retry-after"), retry, code);
    if (retry) assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.deepEqual(await response.json(), { error: { code, message: "No", field: "name" } });
  }
});

Deno.test("refuse() leaves the field out when there is none, and adds the headers it is given", async () => {
  const response = refuse(new Fault("method_not_allowed", "No"), { headers: { allow: "GET" } });
  assert.equal(response.headers.get("allow"), "GET");
  assert.deepEqual(await response.json(), { error: { code: "method_not_allowed", message: "No" } });
});

Deno.test("refuse() shows nothing of what nobody expected but the id under which it is logged", async () => {
  const secrets = [
    new Error("secret"),
    "secret",
    { secret: 1 },
    new Error("x", { cause: new Error("secret") }),
  ];
  for (const thrown of secrets) {
    const { log, result } = logged(() => refuse(thrown));
    assert.equal(result.status, 500);
    const body = await result.text();
    assert.doesNotMatch(body, /secret|reply_test|at /);
    const [, id] = /\(error ([0-9a-f]{8})\)"/.exec(body) ?? [];
    assert.ok(id && log.startsWith(`error ${id}: `), log);
    assert.match(log, /secret/);
  }
});

Deno.test("refuse() shows text and stack in dev", async () => {
  const { result } = logged(() => refuse(new TypeError("what happened"), { dev: true }));
  const { error } = await result.json();
  assert.equal(error.code, "internal");
  assert.equal(error.message, `TypeError: what happened (${here}:${lineOf("what happened")})`);
  assert.match(error.stack, /reply_test/);
});

Deno.test("report() shows an author an error of several lines on several lines; the log has one", () => {
  const { result, log } = logged(() => report(new SyntaxError("Unexpected token\n | {{{"), { dev: true }));
  const at = `${here}:${lineOf("Unexpected token")}`;
  assert.equal(result, `SyntaxError: Unexpected token\n | {{{ (${at})`);
  assert.match(log, /SyntaxError: Unexpected token\\u000a \| \{\{\{$/m);
});

Deno.test("refuse() logs the cause of a failure of ours, not that of a refusal", () => {
  const cause = new Error("disk");
  assert.match(logged(() => refuse(new Fault("no_space", "Full", { cause }))).log, /caused by Error: disk/);
  assert.equal(logged(() => refuse(new Fault("bad_request", "No", { cause }))).log, "");
  assert.equal(logged(() => refuse(new Fault("queue_full", "No"))).log, "");
});

Deno.test("report() lets no text forge lines of the log", () => {
  const message = "a\nerror 00000000: forged\r\x1b[2J\u202e\u2028\n    at forged (x.ts:1:1)\0";
  const { log } = logged(() => report(new Error(message, { cause: message })));
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(log, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
  const lines = log.split("\n");
  assert.ok(lines.length > 2);
  for (const line of lines.slice(1)) assert.match(line, /^ {4}at |^ {2}caused by Thrown: /);
  assert.ok(!lines.some((line) => line.includes("forged (x.ts") && line.startsWith("    at")));
});

Deno.test("report() copes with whatever is thrown", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const loop = new Error("loop");
  loop.cause = loop;
  const long = new Error("x".repeat(100_000));
  for (const thrown of [undefined, null, 0, Symbol("s"), 1n, circular, loop, long, () => {}]) {
    const { log } = logged(() => report(thrown));
    assert.match(log, /^error [0-9a-f]{8}: /);
    assert.ok(log.length < 10_000);
  }
});

function logged<T>(run: () => T): { log: string; result: T } {
  const real = console.error;
  const lines: string[] = [];
  console.error = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    return { result: run(), log: lines.join("\n") };
  } finally {
    console.error = real;
  }
}
