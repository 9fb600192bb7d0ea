import assert from "node:assert/strict";
import { number } from "./mod.ts";

const wire = (options: Parameters<typeof number>[0]) => number.component.wire(number(options).props);

Deno.test("number() starts empty", () => assert.equal(number().initial, null));

Deno.test("number() refuses what is out of range", () => {
  const schema = wire({ minimum: -1, maximum: 1 });
  for (const value of [-1, 0, 1, null]) assert.ok(schema.safeParse(value).success);
  for (const value of [-1.01, 2]) assert.ok(!schema.safeParse(value).success);
});

Deno.test("number() with precision 0 refuses fractions", () => {
  assert.ok(!wire({ precision: 0 }).safeParse(1.5).success);
});

Deno.test("number() writes its limits into the JSON Schema", () => {
  const text = JSON.stringify(number.component.jsonSchema(number({ minimum: 2, maximum: 5 }).props));
  assert.match(text, /"minimum":2/);
  assert.match(text, /"maximum":5/);
});

Deno.test("number() rounds to its precision", () => {
  assert.equal(wire({ precision: 2 }).parse(1.2345), 1.23);
  assert.equal(wire({ precision: 2 }).parse(null), null);
});

Deno.test("number() reads an empty box of a form as null, and words as no number", () => {
  const read = (text: string) => number.component.form({ texts: [text], files: [] }, {});
  assert.equal(read(" "), null);
  assert.equal(read("1e2"), 100);
  assert.ok(!wire({}).safeParse(read("many")).success);
});
