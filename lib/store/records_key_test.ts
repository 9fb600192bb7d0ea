import assert from "node:assert/strict";
import type { Key } from "./records.ts";
import { packKey, unpackKey } from "./records_key.ts";
import { compareKeys, picker } from "./records_model.ts";

Deno.test("packKey() keeps the order of keys and unpackKey() gives them back", () => {
  const pick = picker(7);
  const letters = ["\0", "\x01", "\x02", "!", "a", "\x7f", "\x80", "ÿ", "€", "\uffff", "\u{1f600}"];
  const numbers = [0, 1, 255, 256, 2 ** 53, Number.MIN_VALUE, Number.MAX_VALUE, Math.PI];
  const part = () => {
    if (pick(2) === 0) return Array.from({ length: pick(4) }, () => letters[pick(letters.length)]).join("");
    return numbers[pick(numbers.length)]! * (pick(2) === 0 ? -1 : 1) || 0;
  };
  const keys = Array.from({ length: 600 }, (): Key => Array.from({ length: 1 + pick(4) }, part));
  for (const key of keys) assert.deepEqual(unpackKey(packKey(key)), key);
  for (const one of keys.slice(0, 300)) {
    for (const other of keys) {
      const [a, b] = [packKey(one), packKey(other)];
      const order = a < b ? -1 : a > b ? 1 : 0;
      assert.equal(order, Math.sign(compareKeys(one, other)), JSON.stringify([one, other]));
    }
  }
});

Deno.test("packKey() makes one key of 0 and -0", () => {
  assert.equal(packKey([-0]), packKey([0]));
});
