import assert from "node:assert/strict";
import type { Taken } from "@/lib/value/field.ts";
import { isExact } from "./exact.ts";
import { number } from "./mod.ts";
import { wordsFor } from "./words.ts";

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

Deno.test("number() refuses a text of digits that a number cannot keep, and a half-typed number", () => {
  const read = (text: string) => wire({}).safeParse(number.component.form({ texts: [text], files: [] }, {}));
  for (const text of ["9007199254740993", "-9007199254740993", "5e", "-", "1,5"]) {
    assert.ok(!read(text).success, text);
  }
  assert.equal(read("9007199254740992").data, 9007199254740992);
  assert.deepEqual(["1e300", "-0", "0.1", "12345678901234567890"].map(isExact), [true, true, true, false]);
});

Deno.test("number() that is required is typed without null, and refuses it", () => {
  const field = number({ required: true });
  const one: Taken<typeof field> = 1;
  // @ts-expect-error a required number is never null
  const nothing: Taken<typeof field> = null;
  const plain = number();
  const open: Taken<typeof plain> = null;
  assert.deepEqual([one, nothing, open, field.initial], [1, null, null, null]);
  assert.ok(!wire({ required: true }).safeParse(null).success);
});

Deno.test("number() refuses a minimum above the maximum", () => {
  assert.throws(() => number({ minimum: 2, maximum: 1 }), /"maximum": expected no less than minimum/);
});

Deno.test("wordsFor() says what is wrong with the text of a box", () => {
  const words = (value: string, limits = {}, badInput = false) =>
    wordsFor("Guests", { value, validity: { badInput } }, limits);
  const limits = { minimum: 1, maximum: 12, precision: 0 };
  assert.equal(words("", {}, true), "Guests must be a number");
  assert.equal(words("0", limits), "Guests must be at least 1");
  assert.equal(words("99", limits), "Guests must be at most 12");
  assert.equal(words("1.5", limits), "Guests must be a whole number");
  assert.equal(words("9007199254740993"), "Guests has more digits than a number can keep");
  for (const value of ["", "1", "12"]) assert.equal(words(value, limits), undefined);
});
