import assert from "node:assert/strict";
import { freshKind } from "./fresh_kind.ts";

// An event that is over is held by nobody: it takes 15,000 bytes, and V8's short collections take nearly all of them.
const MOST_BYTES = 1000;
// Upstream's Fresh keeps some of every request: three times what the stand-in keeps was measured.
const MOST_BYTES_UPSTREAM = 2300;

Deno.test("Of what events take in memory nothing outlives V8's short collections", async () => {
  const kept = await bytesKept();
  const most = await freshKind() === "stand-in" ? MOST_BYTES : MOST_BYTES_UPSTREAM;
  assert.ok(kept <= most, `${kept} bytes of an event were kept`);
});

Deno.test("A function that is written into a property keeps a whole event: that is found", async () => {
  const kept = await bytesKept("keep");
  assert.ok(kept > 2 * MOST_BYTES, `${kept} bytes of an event were kept`);
});

/** How many bytes of an event are left after two short collections. */
async function bytesKept(...args: readonly string[]): Promise<number> {
  const path = new URL("collected.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--v8-flags=--expose-gc", path, ...args],
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
  assert.ok(success, errors);
  const kept = Number(text);
  assert.ok(Number.isFinite(kept), text);
  return kept;
}
