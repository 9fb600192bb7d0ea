import assert from "node:assert/strict";
import { isJson } from "./is_json.ts";

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
  for (const other of [...others, { a: undefined }, circle]) assert.equal(isJson(other), false);
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
