/** `docs/demos.md` and README name every option, every argument of a handler and every field. */
import assert from "node:assert/strict";
import { builtIn } from "@/components/mod.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const page = await read("docs/demos.md");

/** The keys of an interface, from its source. */
async function keysOf(file: string, name: string): Promise<string[]> {
  const [, body = ""] =
    new RegExp(`^export interface ${name}\\b[^]*? \\{\\n([^]*?)^\\}`, "m").exec(await read(file)) ?? [];
  return Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+)\??(?::|\()/gm), ([, key]) => key as string);
}

/** The names in the first cells of the tables of a section. */
function namedIn(heading: string): Set<string> {
  const [, section = ""] = new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, "m").exec(page) ?? [];
  const cells = section.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.split("|")[1] ?? ""
  );
  return new Set(cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)/g), ([, name]) => name as string)));
}

for (
  const [heading, file, name] of [
    ["Options of actions", "lib/demo/action.ts", "ActionSpec"],
    ["Handlers", "lib/demo/action.ts", "RunContext"],
    ["A function: Interface", "lib/recipes/interface.tsx", "InterfaceSpec"],
  ] as const
) {
  Deno.test(`docs/demos.md explains every key of ${name}`, async () => {
    const keys = await keysOf(file, name);
    assert.ok(keys.length > 5, `${keys.length} keys`);
    const named = namedIn(heading);
    assert.deepEqual(keys.filter((key) => !named.has(key)), []);
  });
}

Deno.test("docs/demos.md names what a request, a log and an event of a handler have", async () => {
  for (const name of ["RunRequest", "RunLog"]) {
    for (const key of await keysOf("lib/demo/action.ts", name)) {
      assert.match(page, new RegExp(`\`(?:\\w+\\.)?${key}\``), key);
    }
  }
  for (const key of await keysOf("lib/value/field.ts", "RunEvent")) {
    assert.match(page, new RegExp(`\`${key}\``), key);
  }
});

Deno.test("README lists every component, and docs/demos.md has each in the table for users of Gradio", async () => {
  const readme = await read("README.md");
  const [, table = ""] = /## For users of Gradio\n([^]*)/.exec(page) ?? [];
  for (const { kind } of builtIn) {
    const name = kind.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    const shown = new RegExp(`\`${name}(?:\\(\\))?\`|\`${name[0]?.toUpperCase()}${name.slice(1)}\``);
    assert.match(readme, shown, `README leaves out ${name}`);
    assert.match(table, shown, `The table leaves out ${name}`);
  }
});
