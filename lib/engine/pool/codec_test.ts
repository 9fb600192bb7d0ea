import assert from "node:assert/strict";
import { encode, LONGEST_MESSAGE_BYTES, Messages } from "./codec.ts";

Deno.test("Messages puts together what comes in pieces of any size", () => {
  const sent = [{ a: 1 }, new Uint8Array([1, 2, 3]), "ü".repeat(100), [undefined, -0, 2n]];
  const bytes = sent.map(encode).flatMap((message) => [...message]);
  for (const size of [1, 5, 12, 13, 100, bytes.length]) {
    const messages = new Messages();
    const got: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      got.push(...messages.take(new Uint8Array(bytes.slice(at, at + size))));
    }
    assert.deepEqual(got, sent, `pieces of ${size}`);
  }
});

Deno.test("Messages refuses what is no message, whatever it is", () => {
  const good = encode({ type: "ready" });
  const broken = (change: (head: DataView) => void) => {
    const bytes = good.slice();
    change(new DataView(bytes.buffer));
    return bytes;
  };
  const text = (json: string) => {
    const body = new TextEncoder().encode(json);
    const bytes = new Uint8Array(12 + body.length);
    const head = new DataView(bytes.buffer);
    head.setUint32(0, 0x41544c31);
    head.setUint32(4, body.length);
    head.setUint32(8, bytes.length);
    bytes.set(body, 12);
    return bytes;
  };
  const junk: Record<string, Uint8Array> = {
    text: new TextEncoder().encode("hello\n"),
    "a wrong mark": broken((head) => head.setUint32(0, 1)),
    "too long": broken((head) => head.setUint32(8, LONGEST_MESSAGE_BYTES + 1)),
    "too short": broken((head) => head.setUint32(8, 5)),
    "text longer than all": broken((head) => head.setUint32(4, 1000)),
    "no JSON": text("{"),
    "an unknown tag": text(`{"$":"constructor","v":1}`),
    "bytes that are not there": text(`{"$":"bytes","of":"Uint8Array","at":0,"length":9}`),
    "no kind of bytes": text(`{"$":"bytes","of":"__proto__","at":0,"length":0}`),
    "a number that is none": text(`{"$":"bigint","v":"x"}`),
    "deep nesting": text("[".repeat(100_000) + "]".repeat(100_000)),
  };
  for (const [what, bytes] of Object.entries(junk)) {
    assert.throws(() => new Messages().take(bytes), SyntaxError, what);
  }
});

Deno.test("encode() refuses what cannot be copied", () => {
  const round: Record<string, unknown> = {};
  round.self = round;
  for (const value of [Symbol("s"), () => 1, round, /x/, new WeakMap(), new SharedArrayBuffer(1)]) {
    assert.throws(() => encode({ value }), TypeError);
  }
  assert.throws(() => encode(new Uint8Array(LONGEST_MESSAGE_BYTES)), RangeError);
});

Deno.test("What a message names __proto__ stays a key", () => {
  const sent = { list: [JSON.parse(`{"__proto__":{"x":1},"$":2}`), JSON.parse(`{"__proto__":{"x":1}}`)] };
  const [got] = new Messages().take(encode(sent)) as [{ list: Record<string, unknown>[] }];
  for (const value of got.list) {
    assert.ok(Object.hasOwn(value, "__proto__"));
    assert.equal(value.x, undefined);
  }
});
