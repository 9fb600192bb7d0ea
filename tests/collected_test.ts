import assert from "node:assert/strict";
import { freshKind } from "./fresh_kind.ts";

// An event that is over is held by nobody. What V8's short collections find alive is under way, or was made to stay.
const MOST_PERCENT = 4;
// Upstream's Fresh keeps some of every request: 11.5 % of what such an event takes were measured.
const MOST_PERCENT_UPSTREAM = 15;

Deno.test("Of what events take in memory nothing outlives V8's short collections", async () => {
  const kept = await percentKept([]);
  const most = await freshKind() === "stand-in" ? MOST_PERCENT : MOST_PERCENT_UPSTREAM;
  assert.ok(kept <= most, `${kept.toFixed(1)} % was kept`);
});

Deno.test("A function that is written into a property keeps a whole event: that is found", async () => {
  const kept = await percentKept(["keep"]);
  assert.ok(kept > 2 * MOST_PERCENT, `${kept.toFixed(1)} % was kept`);
});

/** How much of what was taken was still there after a short collection. */
async function percentKept(args: readonly string[]): Promise<number> {
  const path = new URL("collected.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--v8-flags=--trace-gc", path, ...args],
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
  assert.ok(success, errors);
  // As in "321 ms: Scavenge 20.1 (28.0) -> 14.9 (30.0) MB".
  const collections = Array.from(
    text.matchAll(/ms: (\S+)[^\n>]*? ([\d.]+) \([\d.]+\) -> ([\d.]+) \(/g),
    ([, kind, before, after]) => ({
      short: kind === "Scavenge",
      before: Number(before),
      after: Number(after),
    }),
  );
  // What is loaded and compiled at the start stays.
  const settled = collections.slice(Math.ceil(collections.length / 3));
  let [taken, kept] = [0, 0];
  for (const [at, { short, before, after }] of settled.entries()) {
    const last = settled[at - 1];
    if (!short || last === undefined) continue;
    taken += before - last.after;
    kept += after - last.after;
  }
  assert.ok(settled.length > 10 && taken > 10, `V8 did not tell of enough collections: ${text}`);
  return 100 * kept / taken;
}
