import assert from "node:assert/strict";
import { readSettings } from "@/lib/gate/settings.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));

/** What the server and the one that starts it look for in the environment. */
async function known(): Promise<Set<string>> {
  const names = new Set<string>();
  readSettings((name) => void names.add(name));
  for (const right of ["NET", "READ", "WRITE", "ENV", "SYS", "FFI", "RUN"]) names.add(`ATOLL_ALLOW_${right}`);
  assert.match(await read("lib/cli/rights.ts"), /`ATOLL_ALLOW_\$\{right\.toUpperCase\(\)\}`/);
  return names;
}

const PAGES = [
  "README.md",
  "SECURITY.md",
  "docs/accounts.md",
  "docs/demos.md",
  "docs/deploy.md",
  "docs/operate.md",
  "docs/settings.md",
];

for (const file of PAGES) {
  Deno.test(`${file} names tests, files and settings that there are`, async () => {
    const text = await read(file);
    const paths = Array.from(
      text.matchAll(/`((?:lib|tests|docs)\/[\w/.]+\.(?:tsx?|md))`/g),
      ([, path]) => path as string,
    );
    for (const path of paths) assert.ok((await Deno.stat(new URL(path, root))).isFile, path);
    const names = await known();
    const named = Array.from(text.matchAll(/\b(ATOLL_[A-Z_]*[A-Z])(?![A-Z_])/g), ([name]) => name);
    for (const name of named) assert.ok(names.has(name), `${name} is no setting`);
  });
}

Deno.test("docs/settings.md has a row for every setting, and for nothing else", async () => {
  const rows = (await read("docs/settings.md")).split("\n").filter((line) => line.startsWith("| `"));
  const listed = rows.flatMap((row) => {
    const [, first = ""] = row.split("|");
    const names = Array.from(first.matchAll(/`(\w+)`/g), ([, name]) => name as string);
    return names.map((name) => name.startsWith("_") ? `ATOLL_ALLOW${name}` : name);
  });
  const own = new Set(["ATOLL_STARTER", "ATOLL_BUILDS"]);
  assert.deepEqual(listed.sort(), [...await known()].filter((name) => !own.has(name)).sort());
});

Deno.test("docs/deploy.md shows the Dockerfile as it is, which starts what deno task start does", async () => {
  const dockerfile = await read("Dockerfile");
  assert.ok((await read("docs/deploy.md")).includes(`\`\`\`dockerfile\n${dockerfile}\`\`\``));
  const names = await known();
  for (const [name] of dockerfile.matchAll(/\bATOLL_[A-Z_]+/g)) assert.ok(names.has(name), name);
  const { tasks } = JSON.parse(await read("deno.json")) as { tasks: Record<string, string> };
  const command = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
  assert.equal(command.join(" "), tasks.start);
  const ignored = (await read(".dockerignore")).split("\n");
  for (const path of [".git", ".env", "_builds", "node_modules", "data"]) {
    assert.ok(ignored.includes(path), path);
  }
});

Deno.test("Every page of the docs leads to files and headings that are there", async () => {
  for (const file of [...PAGES, "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/speed.md"]) {
    for (const [, target = ""] of (await read(file)).matchAll(/\]\(((?:[^()\s]|\([^()]*\))+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = "", heading] = target.split("#");
      const url = new URL(path === "" ? file : encodeURI(path), new URL(path === "" ? "" : file, root));
      assert.ok(await Deno.stat(url).then(() => true, () => false), `${file} leads to ${target}`);
      if (heading === undefined) continue;
      const headings = Array.from(
        (await Deno.readTextFile(url)).matchAll(/^#+ (.+)$/gm),
        ([, text = ""]) => text.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-"),
      );
      assert.ok(headings.includes(heading), `${file} leads to ${target}`);
    }
  }
});

Deno.test("Every promise of SECURITY.md names a test", async () => {
  const [, table = ""] = /## What is promised\n([^]*?)\n## /.exec(await read("SECURITY.md")) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| ")).slice(1);
  assert.ok(rows.length > 10);
  for (const row of rows) assert.match(row, /\| `[\w/.]+_test\.ts`.* \|$/, row);
});

Deno.test("The unit of docs/deploy.md leaves the server the time that it takes to stop", async () => {
  const text = await read("docs/deploy.md");
  const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
  const { drainMs } = readSettings(() => undefined);
  assert.ok(seconds * 1000 > drainMs + 5000, `${seconds} s`);
  assert.equal(Number(/--stop-timeout=(\d+)/.exec(text)?.[1]), seconds);
});
