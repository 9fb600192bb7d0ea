import assert from "node:assert/strict";
import type { Json } from "@/lib/value/json.ts";
import { type Change, diff, patch } from "./patch.ts";

const pairs: [Json, Json][] = [
  ["", "a"],
  ["ab", "abc"],
  ["abc", "ab"],
  [null, { a: 1 }],
  [{ a: 1 }, { a: 1 }],
  [{ a: 1, b: [1, 2, 3] }, { b: [1, 3], c: null }],
  [[1, 2, 3], []],
  [[[1, 2], [3]], [[1], [3, 4], [5]]],
  [{ text: "hel" }, { text: "hello" }],
  [[{ a: "x" }], [{ a: "xy" }, { a: "z" }]],
  [1, "1"],
  [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }],
];

for (const [from, to] of pairs) {
  Deno.test(`patch() leads from ${JSON.stringify(from)} to ${JSON.stringify(to)} by what diff() says`, () => {
    const before = JSON.stringify(from);
    assert.deepEqual(patch(from, diff(from, to)), to);
    assert.equal(JSON.stringify(from), before);
  });
}

Deno.test("diff() leads between random values in every case", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const make = (depth: number): Json => {
    switch (random(depth > 3 ? 4 : 6)) {
      case 0:
        return null;
      case 1:
        return random(5);
      case 2:
        return "abcdef".slice(0, random(7));
      case 3:
        return random(2) === 0;
      case 4:
        return Array.from({ length: random(4) }, () => make(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: random(4) }, () => ["abcd"[random(4)], make(depth + 1)]),
        );
    }
  };
  for (let i = 0; i < 3000; i++) {
    const from = make(0), to = make(0);
    assert.deepEqual(patch(from, diff(from, to)), to);
  }
});

Deno.test("diff() of text that grew is what was added", () => {
  assert.deepEqual(diff({ text: "one " }, { text: "one two" }), [["append", ["text"], "two"]]);
});

Deno.test("patch() refuses a change that does not fit, and says where", () => {
  const wrong: Change[] = [["append", [], "x"], ["replace", ["a", "b"], 1]];
  for (const change of wrong) assert.throws(() => patch(3, [change]), TypeError);
});

Deno.test("patch() sets a key called __proto__ without touching the prototype", () => {
  const after = patch({}, [["add", ["__proto__"], { polluted: true }]]) as Record<string, Json>;
  assert.equal(Object.getPrototypeOf(after), Object.prototype);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("patch() copies a long list once, however many of its items change, and leaves what it was given alone", () => {
  const before = Array.from({ length: 5000 }, (_, at) => ({ text: `item ${at}` }));
  const after = before.map(({ text }, at) => at % 2 ? { text: `${text}!` } : { text });
  const given = structuredClone(before);
  const { slice } = Array.prototype;
  let copied = 0;
  Array.prototype.slice = function (this: unknown[], ...range: []) {
    const copy = slice.apply(this, range);
    copied += copy.length;
    return copy;
  };
  let made: Json;
  try {
    made = patch(before, diff(before, after));
  } finally {
    Array.prototype.slice = slice;
  }
  assert.deepEqual(made, after);
  assert.deepEqual(before, given);
  assert.ok(copied <= before.length, `${copied} items were copied`);
});
