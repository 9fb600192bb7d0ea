import assert from "node:assert/strict";
import { isHere, leftover, onlyLeftovers, streamBody } from "./arrival.ts";

/** A request whose body comes as from a socket, byte by byte. */
function sending() {
  let send!: ReadableByteStreamController;
  const body = new ReadableStream({ type: "bytes", start: (controller) => void (send = controller) });
  const request = new Request("http://localhost/", { method: "POST", body });
  const end = () => {
    send.close();
    send.byobRequest?.respond(0);
  };
  return { request, send: (bytes: number) => send.enqueue(new Uint8Array(bytes)), end };
}

Deno.test("onlyLeftovers() is so while bodies are missing that nobody wants, and none that somebody reads", async () => {
  assert.equal(onlyLeftovers(-1), false, "nothing is missing");
  const refused = sending();
  assert.equal(isHere(refused.request), false);
  const left = leftover(refused.request);
  assert.ok(left);
  assert.equal(onlyLeftovers(-1), true);
  assert.equal(onlyLeftovers(3_600_000), false, "it has not been missing for so long");

  const upload = sending();
  const reader = streamBody(upload.request, { maxBytes: 1000 }).getReader();
  assert.equal(onlyLeftovers(-1), false, "somebody reads one");
  upload.send(10);
  assert.equal((await reader.read()).value?.length, 10);
  assert.equal(onlyLeftovers(-1), false, "it goes on");
  upload.end();
  assert.equal((await reader.read()).done, true);
  assert.equal(onlyLeftovers(-1), true);

  refused.send(10);
  refused.end();
  await left;
  assert.equal(onlyLeftovers(-1), false, "all is there");
});

Deno.test("onlyLeftovers() counts a body whose reader gave it up among those that nobody wants", async () => {
  const upload = sending();
  const reader = streamBody(upload.request, { maxBytes: 1000 }).getReader();
  assert.equal(onlyLeftovers(-1), false);
  await reader.cancel();
  assert.equal(onlyLeftovers(-1), true);
  upload.end();
  await leftover(upload.request);
  assert.equal(onlyLeftovers(-1), false);
});
