import assert from "node:assert/strict";
import { readFrames, writeFrame } from "./event_stream.ts";
import type { FrameBody } from "./frame.ts";

const bodies: FrameBody[] = [
  { type: "started", action: "a" },
  { type: "output", action: "a", values: { x: "line\n\nline\u2028é😀" }, mode: "set" },
  { type: "done", outcome: "done", ms: 1 },
];

function cut(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

for (const size of [1, 2, 3, 7, 10_000]) {
  Deno.test(`readFrames() gives what writeFrame() wrote, cut into pieces of ${size} bytes`, async () => {
    const text = ": still here\n\n" + bodies.map((body, i) => writeFrame(body, "r1", i + 1)).join("");
    const read = await Array.fromAsync(readFrames(cut(text, size)));
    assert.deepEqual(read, bodies.map((body, i) => ({ ...body, run: "r1", seq: i + 1 })));
  });
}

Deno.test("readFrames() names the run it was told when it starts in the middle", async () => {
  const [frame] = await Array.fromAsync(
    readFrames(cut(writeFrame(bodies[1] as FrameBody, "r1", 7), 50), "r1"),
  );
  assert.equal(frame?.run, "r1");
  assert.equal(frame?.seq, 7);
});

Deno.test("readFrames() rejects text of another protocol", async () => {
  await assert.rejects(Array.fromAsync(readFrames(cut("event: x\ndata: {}\n\n", 100))), SyntaxError);
});

Deno.test("readFrames() tells of signs of life, which are no frames", async () => {
  let heard = 0;
  assert.deepEqual(await Array.fromAsync(readFrames(cut(": still here\n\n", 7), "", () => heard++)), []);
  assert.equal(heard, 2);
});

Deno.test("readFrames() looks at every letter of a long frame a fixed number of times, however it is cut", async () => {
  const body: FrameBody = { type: "output", action: "a", values: { x: "\n".repeat(200_000) }, mode: "set" };
  const text = writeFrame(body, "r1", 1);
  const { indexOf } = String.prototype;
  for (const size of [100, 1000, 100_000]) {
    let searched = 0;
    String.prototype.indexOf = function (this: string, search: string, from = 0) {
      const found = indexOf.call(this, search, from);
      searched += (found === -1 ? this.length : found + search.length) - from;
      return found;
    };
    try {
      const [frame] = await Array.fromAsync(readFrames(cut(text, size)));
      assert.deepEqual(frame, { ...body, run: "r1", seq: 1 });
    } finally {
      String.prototype.indexOf = indexOf;
    }
    assert.ok(searched < 2 * text.length, `${searched} letters of ${text.length} in pieces of ${size}`);
  }
});
