import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const WINDOWS = { atoll: "lib/mod.ts", "atoll/testing": "lib/testing/mod.ts" };

/** Names and kinds of what a module exports, sorted. */
async function surface(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", file],
    cwd: root,
    stderr: "null",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Doc;
  const symbols = Array.isArray(nodes) ? nodes : Object.values(nodes).flatMap((module) => module.symbols);
  return [
    ...new Set(
      symbols.filter(({ name, kind }) => kind !== "moduleDoc" && name !== "default").map((
        { name, kind, declarations },
      ) => `${kind ?? declarations?.[0]?.kind} ${name}`),
    ),
  ].sort();
}

interface DocSymbol {
  name: string;
  kind?: string;
  declarations?: { kind: string }[];
}
interface Doc {
  nodes: DocSymbol[] | Record<string, { symbols: DocSymbol[] }>;
}

Deno.test("What the shop windows export is what tests/surface.txt lists", async () => {
  const list = new URL("tests/surface.txt", root);
  const now = (await Promise.all(
    Object.entries(WINDOWS).map(async ([name, file]) => `# ${name}\n${(await surface(file)).join("\n")}\n`),
  )).join("\n");
  if (Deno.env.get("UPDATE_SURFACE")) await Deno.writeTextFile(list, now);
  assert.equal(
    now,
    await Deno.readTextFile(list),
    "The public surface changed. If that is meant, run UPDATE_SURFACE=1 deno test -A tests/surface_test.ts",
  );
});

Deno.test("surface() sees an export that is added", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, "export const seeded = 1;\nexport type Seed = string;\n");
  const found = await surface(file);
  await Deno.remove(file);
  assert.deepEqual(found, ["typeAlias Seed", "variable seeded"]);
});
