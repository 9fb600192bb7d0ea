import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const WINDOWS = ["lib/mod.ts", "lib/testing/mod.ts"];

// Types of packages that ours are made of. They are documented where they are at home.
const OUTSIDE =
  /references private type '(VNode|Middleware|ComponentType|FunctionComponent|ComponentChildren|Zod\w+|ClassAttributes)'/;

/** What `deno doc --lint` says of some files, less what it says of types that belong to packages. */
async function lint(files: readonly string[]): Promise<string> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...files],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return new TextDecoder().decode(stderr).split(/^(?=error\[)/m)
    .filter((block) => block.startsWith("error["))
    .filter((block) => !block.includes("/node_modules/") && !OUTSIDE.test(block))
    // The type of a component follows from its declaration; an annotation would say every option twice.
    .filter((block) => !(block.startsWith("error[missing-explicit-type]") && block.includes("/components/")))
    .join("");
}

Deno.test("Everything in the shop windows is documented and shows no private type", async () => {
  assert.equal(await lint(WINDOWS), "");
});

Deno.test("The docs check fails on an export without documentation", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, "export function bare(): number {\n  return 1;\n}\n");
  const text = await lint([file]);
  await Deno.remove(file);
  assert.match(text, /missing-jsdoc/);
});
