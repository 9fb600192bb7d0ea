import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { build, BUILDS, holdBuild } from "./builds.ts";
import { identityOf, sourcesOf } from "./sources.ts";

interface Project extends AsyncDisposable {
  readonly path: string;
  readonly root: URL;
  write(path: string, text: string): Promise<void>;
  /** Builds, and counts it; the id of the build. */
  build(): Promise<string>;
  /** How many were made. */
  readonly made: () => number;
  /** Ids of the builds that are there. */
  ids(): string[];
}

async function project(): Promise<Project> {
  const path = await Deno.makeTempDir({ prefix: "atoll-" });
  const root = pathToFileURL(`${path}/`);
  let made = 0;
  const make = async (folder: string) => {
    made++;
    await Deno.mkdir(`${folder}/_fresh`);
    await Deno.writeTextFile(`${folder}/_fresh/server.js`, String(made));
  };
  const write = async (file: string, text: string) => {
    await Deno.mkdir(`${path}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${file}`, text);
  };
  await write("main.ts", "main");
  await write("deno.json", "{}");
  await write("routes/index.tsx", "first");
  await write("static/.well-known/security.txt", "safe");
  await write("models/big.bin", "weights");
  await write("node_modules/left-pad/index.js", "");
  await write(".env", "SECRET");
  await write("README.md", "words");
  return {
    path,
    root,
    write,
    build: async () => (await build(root, { make })).pathname.split("/").at(-2) as string,
    made: () => made,
    ids: () =>
      Array.from(Deno.readDirSync(`${path}/${BUILDS}`)).filter((e) => e.isDirectory).map((e) => e.name),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("build() makes what a server runs in a folder of its own, and links to what it does not", async () => {
  await using at = await project();
  const built = `${at.path}/${BUILDS}/${await at.build()}`;
  assert.deepEqual([...Deno.readDirSync(built)].map(({ name }) => name).sort(), [
    "_fresh",
    "build.json",
    "deno.json",
    "main.ts",
    "models",
    "node_modules",
    "routes",
    "static",
  ]);
  await at.write("routes/index.tsx", "second");
  await at.write("models/big.bin", "other weights");
  assert.equal(await Deno.readTextFile(`${built}/routes/index.tsx`), "first");
  assert.equal(await Deno.readTextFile(`${built}/static/.well-known/security.txt`), "safe");
  assert.equal(await Deno.readTextFile(`${built}/models/big.bin`), "other weights");
});

Deno.test("build() passes over a link that leads nowhere", async () => {
  await using one = await project();
  await Deno.symlink("/nowhere/at/all", `${one.path}/archive`);
  await one.build();
  assert.equal(one.made(), 1);
});

Deno.test("build() looks at contents: times count for nothing", async () => {
  await using at = await project();
  const first = await at.build();
  const old = new Date("2001-01-01");
  await at.write("routes/index.tsx", "first");
  assert.equal(await at.build(), first);
  assert.equal(at.made(), 1);
  for (
    const [path, text] of [["routes/index.tsx", "fir5t"], ["static/new.css", "a{}"], ["deno.lock", "{}"]]
  ) {
    const before = at.made();
    await at.write(path as string, text as string);
    await Deno.utime(`${at.path}/${path}`, old, old);
    await at.build();
    assert.equal(at.made(), before + 1, path);
  }
  const before = at.made();
  await at.write("routes/index_test.tsx", "a test");
  await at.write("README.md", "other words");
  await at.write("models/big.bin", "other weights");
  await at.build();
  assert.equal(at.made(), before);
});

Deno.test("build() keeps the last three builds and those that a server runs", async () => {
  await using at = await project();
  const ids = [await at.build()];
  {
    using held = await holdBuild(at.root);
    assert.ok(held.root.pathname.endsWith(`/${ids[0]}/`));
    for (let i = 1; i <= 4; i++) {
      await at.write("main.ts", String(i));
      ids.push(await at.build());
    }
    assert.deepEqual(at.ids().sort(), [ids[0], ...ids.slice(-3)].sort());
    using newest = await holdBuild(at.root);
    assert.deepEqual([...newest.others].sort(), [ids[0], ...ids.slice(-3, -1)].sort());
  }
  await at.write("main.ts", "last");
  ids.push(await at.build());
  assert.deepEqual(at.ids().sort(), ids.slice(-3).sort());
});

Deno.test("build() begins anew what was not finished, and two at once make one", async () => {
  await using at = await project();
  await Deno.mkdir(`${at.path}/${BUILDS}/${identityOf(at.path)}/routes`, { recursive: true });
  await Deno.mkdir(`${at.path}/${BUILDS}/0123456789abcdef`, { recursive: true });
  const [one, other] = await Promise.all([at.build(), at.build()]);
  assert.equal(one, other);
  assert.equal(at.made(), 1);
  assert.deepEqual(at.ids(), [one]);
});

Deno.test("build() that breaks leaves no build, and the next one tries again", async () => {
  await using at = await project();
  const make = () => Promise.reject(new Error("It broke"));
  await assert.rejects(build(at.root, { make }), /It broke/);
  await at.build();
  assert.equal(at.made(), 1);
});

Deno.test("build() says which task helps when packages are gone, or it may not write", async () => {
  await using at = await project();
  await at.build();
  await Deno.remove(`${at.path}/node_modules`, { recursive: true });
  await assert.rejects(
    at.build(),
    /^Error: Cannot use the build: \S+\/node_modules is not there\. Run deno install /,
  );
  await at.write("main.ts", "other");
  await Deno.remove(`${at.path}/${BUILDS}`, { recursive: true });
  // A file in its place: nobody may make a folder there, root neither.
  await at.write(BUILDS, "");
  await assert.rejects(
    at.build(),
    /^Error: Cannot build the project: .* Run deno task build as the user who owns it$/,
  );
});

Deno.test("sourcesOf() names what a server runs: no tests, no secrets, nothing that is not its own", async () => {
  await using at = await project();
  for (
    const path of [
      "lib/a.ts",
      "lib/a_test.ts",
      "lib/.hidden",
      "links/x/node_modules/y.js",
      "utils.ts",
      "tests/t.ts",
    ]
  ) {
    await at.write(path, "");
  }
  assert.deepEqual(sourcesOf(at.path), [
    "deno.json",
    "lib/a.ts",
    "main.ts",
    "routes/index.tsx",
    "static/.well-known/security.txt",
    "utils.ts",
  ]);
});
