import assert from "node:assert/strict";
import fc from "fast-check";
import { type Linked, LinkedList } from "./linked_list.ts";
import { Lookup } from "./lookup.ts";

Deno.test("Lookup finds what a map finds, whatever comes and goes", () => {
  const name = fc.oneof(fc.integer({ min: 0, max: 9 }).map((n) => `run${n}`), fc.string({ maxLength: 3 }));
  const step = fc.tuple(name, fc.option(fc.integer(), { nil: undefined }));
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const [lookup, map] = [new Lookup<number>(), new Map<string, number>()];
    for (const [name, value] of steps) {
      if (value === undefined) assert.equal(lookup.delete(name), map.delete(name));
      else {
        lookup.set(name, value);
        map.set(name, value);
      }
      assert.equal(lookup.get(name), map.get(name));
    }
    for (const [name] of steps) assert.equal(lookup.get(name), map.get(name));
  }));
});

Deno.test("Lookup finds more than it has buckets for", () => {
  const lookup = new Lookup<number>();
  for (let at = 0; at < 20_000; at++) lookup.set(`${at}`, at);
  for (let at = 0; at < 20_000; at += 2) assert.ok(lookup.delete(`${at}`));
  for (let at = 0; at < 20_000; at++) assert.equal(lookup.get(`${at}`), at % 2 ? at : undefined);
});

class One implements Linked<One> {
  before: One | undefined;
  after: One | undefined;
}

Deno.test("LinkedList keeps the order of a set, whatever comes and goes", () => {
  const ones = Array.from({ length: 8 }, () => new One());
  fc.assert(fc.property(fc.array(fc.nat(7), { maxLength: 60 }), (steps) => {
    const [list, set] = [new LinkedList<One>(), new Set<One>()];
    for (const one of ones) one.before = one.after = undefined;
    for (const at of steps) {
      const one = ones[at] as One;
      if (set.delete(one)) list.remove(one);
      else {
        set.add(one);
        list.add(one);
      }
      assert.deepEqual([...list].map((one) => ones.indexOf(one)), [...set].map((one) => ones.indexOf(one)));
      assert.equal(list.size, set.size);
      assert.equal(list.first, set.values().next().value);
    }
  }));
});

Deno.test("LinkedList lets the one go that it has just given", () => {
  const list = new LinkedList<One>();
  for (let at = 0; at < 3; at++) list.add(new One());
  for (const one of list) list.remove(one);
  assert.equal(list.size, 0);
});
