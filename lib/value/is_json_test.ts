import assert from "node:assert/strict";
import { isJson, whyNotJson, withoutUndefined } from "./is_json.ts";

Deno.test("isJson() takes what JSON.parse() gives", () => {
  for (const text of ["null", "1", '"a"', "true", "[]", "{}", '{"a":[1,{"b":null}]}', '{"__proto__":1}']) {
    assert.equal(isJson(JSON.parse(text)), true, text);
  }
  assert.equal(isJson(Object.create(null)), true);
});

Deno.test("isJson() refuses what JSON cannot say", () => {
  const circle: unknown[] = [];
  circle.push(circle, circle);
  const others = [undefined, NaN, Infinity, 1n, () => 1, Symbol("a"), new Date(0), new Map(), [undefined], [
    ,
    1,
  ]];
  for (const other of [...others, circle]) assert.equal(isJson(other), false);
});

Deno.test("isJson() looks at each value once, however it lies", () => {
  let looks = 0;
  const leaf = () => Object.defineProperty({}, "a", { enumerable: true, get: () => (looks++, 1) });
  assert.equal(isJson(Array.from({ length: 80_000 }, leaf)), true);
  assert.equal(looks, 80_000);
  const deep = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  assert.deepEqual([isJson(deep(200)), isJson(deep(201)), isJson(deep(500_000))], [true, false, false]);
});

Deno.test("whyNotJson() names the part that is wrong, and what would be right", () => {
  class Point {}
  const self: Record<string, unknown> = { name: "a" };
  self.inner = { list: [self] };
  const deep = JSON.parse("[".repeat(201) + "]".repeat(201));
  const cases: readonly [unknown, string][] = [
    [{ rows: [{ mean: 1 }, { mean: NaN }] }, "rows[1].mean is NaN. Give null instead"],
    [[-Infinity], "[0] is -Infinity. Give null instead"],
    [NaN, "it is NaN. Give null instead"],
    [undefined, "it is undefined. Give null instead"],
    [[1, undefined], "[1] is undefined. Give null instead"],
    [{ when: new Date(0) }, "when is a Date. Give its toISOString() instead"],
    [new Date(0), "it is a Date. Give its toISOString() instead"],
    [{ id: 12n }, "id is a BigInt. Give a number or text instead"],
    [{ by: { name: new Map() } }, "by.name is a Map. Give Object.fromEntries() of it instead"],
    [{ all: new Set() }, "all is a Set. Give Array.from() of it instead"],
    [{ logits: new Float32Array(2) }, "logits is a Float32Array. Give Array.from() of it instead"],
    [{ at: new Point() }, "at is a Point. Give a plain object instead"],
    [{ at: new Error("no") }, "at is an Error. Give a plain object instead"],
    [{ f: () => 1 }, "f is a function"],
    [{ s: Symbol("a") }, "s is a symbol"],
    [{ p: Promise.resolve() }, "p is a promise: an await is missing"],
    [{ "two words": { 'q"': NaN } }, '["two words"]["q\\""] is NaN. Give null instead'],
    [self, "inner.list[0] leads back to a value that holds it"],
    [deep, "it has more than 200 levels"],
  ];
  for (const [value, said] of cases) assert.equal(whyNotJson(value), said);
});

Deno.test("withoutUndefined() gives what JSON.stringify() says, and the same object where nothing is left out", () => {
  for (
    const value of [
      { a: 1, b: undefined },
      { list: [{ a: undefined, b: [1] }, 2], c: { d: undefined } },
      JSON.parse('{"__proto__":{"a":1},"b":2}'),
    ]
  ) {
    assert.equal(isJson(value), true);
    const after = withoutUndefined(value);
    assert.equal(JSON.stringify(after), JSON.stringify(value));
    assert.deepEqual(after, JSON.parse(JSON.stringify(value)));
  }
  const whole = { a: [{ b: 1 }] };
  assert.equal(withoutUndefined(whole), whole);
});
