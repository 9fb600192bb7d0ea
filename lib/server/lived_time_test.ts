import assert from "node:assert/strict";
import { join } from "node:path";
import { livedTime, MOST_GAP_MS } from "./lived_time.ts";

const DAY_MS = 24 * 60 * 60_000;
const START_MS = 1_790_000_000_000;

for (
  const [what, wallMs, expected] of [
    ["right", 1000, 1000],
    ["a second slow", -1000, 0],
    ["two days ahead", 2 * DAY_MS, MOST_GAP_MS],
    ["ten years ahead", 3650 * DAY_MS, MOST_GAP_MS],
    ["two days behind", -2 * DAY_MS, 0],
    ["at 1970", -START_MS, 0],
    ["right after an hour without a server", 60 * 60_000, MOST_GAP_MS],
    ["right after nine minutes without a server", 9 * 60_000, 9 * 60_000],
  ] as const
) {
  Deno.test(`livedTime() goes on where it was when the clock of a start is ${what}`, async () => {
    await using file = await tempFile();
    const before = livedTime({ path: file.path, wall: () => START_MS, monotonic: () => 5 });
    assert.equal(before.now(), START_MS);
    before.note();
    let ms = 1_000_000;
    const after = livedTime({ path: file.path, wall: () => START_MS + wallMs, monotonic: () => ms });
    assert.equal(after.now() - START_MS, expected);
    ms += 12_345;
    assert.equal(after.now() - START_MS, expected + 12_345);
  });
}

Deno.test("livedTime() begins with the clock of the machine, and again where its file says nothing", async () => {
  await using file = await tempFile();
  const begin = () => livedTime({ path: file.path, wall: () => START_MS, monotonic: () => 0 }).now();
  assert.equal(begin(), START_MS);
  for (const text of ["", "17", "1790000000000", "nonsense\n", "99999999999999999999\n"]) {
    await Deno.writeTextFile(file.path, text);
    assert.equal(begin(), START_MS);
  }
});

Deno.test("livedTime() reads the clock of the machine once", async () => {
  await using file = await tempFile();
  let reads = 0;
  const time = livedTime({ path: file.path, wall: () => (reads++, START_MS), monotonic: () => reads });
  time.now();
  time.note();
  time.now();
  assert.equal(reads, 1);
});

async function tempFile(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await Deno.makeTempDir();
  return {
    path: join(folder, "clock"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
