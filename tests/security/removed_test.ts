import assert from "node:assert/strict";
import { copyProject } from "@/tests/copied.ts";
import { type Removal, REMOVALS } from "./removed.ts";

const root = new URL("../../", import.meta.url);
const AT_ONCE = 2;
const MOST_MS = 120_000;

Deno.test("Every guard that is taken out makes a test fail", async (t) => {
  const left = REMOVALS.values();
  const kept: { readonly removal: Removal; readonly text: string }[] = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    await using copied = await copyProject();
    // What tests of the project share. Those that are run stand beside what they test.
    await Deno.symlink(new URL("tests", root).pathname, new URL("tests", copied.root).pathname);
    for (const removal of left) kept.push({ removal, text: await without(copied.root, removal) });
  }));
  for (const { removal: { guard, test }, text } of kept) {
    await t.step(guard, () => {
      assert.match(text, /\| [1-9]\d* failed/, `${test} did not notice:\n${text}`);
      assert.doesNotMatch(text, /uncaught error|SyntaxError|ReferenceError/, "what is left is no program");
    });
  }
});

/** Runs the test without the guard and gives what it printed. */
async function without(at: URL, { guard, file, text, without, test }: Removal): Promise<string> {
  const path = new URL(file, at);
  const before = await Deno.readTextFile(path);
  assert.equal(before.split(text).length, 2, `${guard}: ${file} does not say "${text}" just once`);
  await Deno.writeTextFile(path, before.replace(text, () => without));
  const ended = AbortSignal.timeout(MOST_MS);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--quiet", "--fail-fast", test],
    cwd: at,
    env: { NO_COLOR: "1" },
    stderr: "null",
    signal: ended,
  }).output();
  await Deno.writeTextFile(path, before);
  const printed = new TextDecoder().decode(stdout).slice(-2000);
  return ended.aborted ? `${printed}\nIt did not end` : printed;
}
