import { deepEqual, doesNotMatch, equal, match, ok, throws } from "node:assert/strict";
import { parse } from "./parse.ts";
import { findPath, stringify, UnserializableError } from "./stringify.ts";

const roundTrip = (value: unknown): unknown => parse(stringify(value));

Deno.test("stringify() and parse() keep what JSON has no form for", () => {
  const value = {
    list: [undefined, null, NaN, Infinity, -Infinity, -0, 0, "", false],
    big: 12n,
    bytes: new Uint8Array([0, 1, 255]),
    url: new URL("https://a.test/b?c#d"),
    date: new Date(5),
    regexp: /a"<\/script>/gi,
    map: new Map<unknown, unknown>([["k", { deep: [1] }], [1, new Set(["x"])]]),
    set: new Set([1, "1"]),
    "odd key": { "": 1 },
    text: "</script><!-- \u2028 '\\",
  };
  deepEqual(roundTrip(value), value);
});

Deno.test("stringify() and parse() keep holes, invalid dates and constants at the top", () => {
  // deno-lint-ignore no-sparse-arrays -- holes are what is tested
  const holes = roundTrip([1, , 3]) as unknown[];
  equal(1 in holes, false);
  equal(holes.length, 3);
  equal((roundTrip(new Date(NaN)) as Date).getTime(), NaN);
  equal(roundTrip(undefined), undefined);
  equal(Object.is(roundTrip(-0), -0), true);
});

Deno.test("parse() gives back one object where there was one, also in a cycle", () => {
  const shared = { n: 1 };
  const value: Record<string, unknown> = { a: shared, b: [shared], m: new Map([["k", shared]]) };
  value.self = value;
  const copy = roundTrip(value) as { a: object; b: object[]; m: Map<string, object>; self: unknown };
  equal(copy.a, copy.b[0]);
  equal(copy.a, copy.m.get("k"));
  equal(copy.self, copy);
});

Deno.test("parse() does not let data set a prototype", () => {
  const copy = roundTrip(JSON.parse('{"__proto__":{"admin":true}}')) as { admin?: boolean };
  equal(copy.admin, undefined);
  ok(Object.hasOwn(copy, "__proto__"));
});

class Point {
  x = 1;
}
const REFUSED: [kind: string, value: unknown][] = [
  ["Promise", Promise.resolve()],
  ["Error", new Error("e")],
  ["Blob", new Blob([])],
  ["ArrayBuffer", new ArrayBuffer(1)],
  ["Float32Array", new Float32Array(1)],
  ["class Point", new Point()],
  ["function", () => {}],
  ["symbol", Symbol("s")],
  ["larger buffer", new Uint8Array(4).subarray(1, 2)],
];
for (const [kind, value] of REFUSED) {
  Deno.test(`stringify() refuses what would not arrive as it is: ${kind}`, () => {
    const props = { data: { list: [1, value] } };
    throws(
      () => stringify(props),
      (error) => error instanceof UnserializableError && error.kind.includes(kind),
    );
    equal(findPath(props, value), "data.list[1]");
  });
}

Deno.test("What is frozen through and through is written once as nested JSON and arrives equal", () => {
  const deep = Object.freeze({
    a: Object.freeze([1, "two", null, Object.freeze({})]),
    b: undefined,
    c: 'x"</script>',
  });
  const text = stringify({ first: deep, second: deep, other: 1 });
  match(text, /\["Json",\{"a":\[1,"two",null,\{\}\]/);
  const back = parse<{ first: unknown; second: unknown }>(text);
  deepEqual(back.first, { a: [1, "two", null, {}], c: 'x"</script>' });
  equal(back.first, back.second);
});

Deno.test("What is frozen only outside, or holds more than JSON, is written as any other value", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  Object.freeze(cycle);
  const values: unknown[] = [
    Object.freeze({ inner: { open: true } }),
    Object.freeze({ when: Object.freeze(new Date(0)) }),
    Object.freeze({ zero: -0, none: NaN }),
    Object.freeze([1, , 3]),
  ];
  for (const value of values) {
    const text = stringify(value);
    doesNotMatch(text, /"Json"/);
    deepEqual(parse(text), value);
  }
  const back = parse<{ self: unknown }>(stringify(cycle));
  equal(back.self, back);
});
