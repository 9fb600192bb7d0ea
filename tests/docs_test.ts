import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const WINDOWS = ["lib/mod.ts", "lib/testing/mod.ts"];

async function lint(files: readonly string[]): Promise<{ code: number; text: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...files],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

Deno.test("Everything in the shop windows is documented and shows no private type", async () => {
  const { code, text } = await lint(WINDOWS);
  assert.equal(code, 0, text);
});

Deno.test("The docs check fails on an export without documentation", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, "export function bare(): number {\n  return 1;\n}\n");
  const { code, text } = await lint([file]);
  await Deno.remove(file);
  assert.notEqual(code, 0);
  assert.match(text, /missing-jsdoc/);
});
