// deno-lint-ignore-file no-console -- the log is given back to the console
import assert from "node:assert/strict";
import { logTo } from "@/lib/ops/log.ts";
import { listDemos } from "./gallery.ts";

Deno.test("listDemos() lists every demo of the project once, by title", async () => {
  const listed = await listDemos(true);
  assert.deepEqual(listed.filter(({ error }) => error !== undefined), []);
  const greeter = listed.find(({ path }) => path === "/demos/greeter");
  assert.equal(greeter?.title, "Greeter");
  const members = listed.filter(({ path }) => path === "/demos/members");
  assert.deepEqual(members.map(({ title }) => title), ["Members"], "a folder with an index is one demo");
  const titles = listed.map(({ title }) => title);
  assert.deepEqual(titles, [...titles].sort((a, b) => a.localeCompare(b, "en")));
});

Deno.test("listDemos() asks a page again only when its file has changed", async () => {
  const [first] = await listDemos();
  const [again] = await listDemos();
  assert.equal(first, again);
});

Deno.test("listDemos() calls a demo without a title by its file", async () => {
  await using folder = await folderOf({});
  const { home } = folder;
  const source = 'export default { demo: { title: undefined, description: "Turns it round" } };\n';
  await Deno.writeTextFile(new URL("zz_reverse.tsx", home), source);
  const path = "/demos/zz_reverse";
  assert.deepEqual(await listDemos(false, home), [{
    path,
    title: "Zz reverse",
    description: "Turns it round",
  }]);
});

const DEMO = (title: string) => `export default { demo: { title: "${title}" } };\n`;

Deno.test("listDemos() lists what is served: in folders and groups, with any extension, and nothing else", async () => {
  await using folder = await folderOf({
    "one.tsx": DEMO("One"),
    "two.ts": DEMO("Two"),
    "more/three.tsx": DEMO("Three"),
    "more/deep/index.tsx": DEMO("Four"),
    "(group)/five.tsx": DEMO("Five"),
    "a b.tsx": DEMO("Six"),
    "(_parts)/part.tsx": DEMO("Part"),
    "more/[id].tsx": DEMO("Each"),
    "more/_middleware.ts": "export default () => {};\n",
    "api.ts": "export const handler = {};\n",
    "types.d.ts": "export default 3;\n",
    "one_test.ts": 'import "node:assert";\n',
    "notes.md": "export default 3\n",
  });
  const listed = await listDemos(true, folder.home);
  assert.deepEqual(listed.map(({ title, path, error }) => [title, path, error]), [
    ["Five", "/demos/five", undefined],
    ["Four", "/demos/more/deep", undefined],
    ["One", "/demos/one", undefined],
    ["Six", "/demos/a b", undefined],
    ["Three", "/demos/more/three", undefined],
    ["Two", "/demos/two", undefined],
  ]);
});

Deno.test("A file that is no demo is named once in the log, with why, and to authors alone in the gallery", async () => {
  await using folder = await folderOf({
    "kept_test.tsx": DEMO("Kept"),
    "_draft.tsx": DEMO("Draft"),
    "page.tsx": "export default () => null;\n",
    "thrown.tsx": 'const x: number = 1;\nthrow new Error("no model " + x);\n',
    "typo.tsx": "export default { demo: {} ;\n",
    "lost.tsx": 'import "./nowhere.ts";\n',
    "good.tsx": DEMO("Good"),
  });
  const said: string[] = [];
  logTo(() => {}, (line) => said.push(line));
  try {
    const whys = [
      /^routes\/demos\/_draft\.tsx is not served: names that begin with "_" are no pages$/,
      /^routes\/demos\/kept_test\.tsx is not served: files that end in _test are tests$/,
      /^routes\/demos\/lost\.tsx cannot be loaded: Module not found ".*nowhere\.ts"/,
      /^routes\/demos\/page\.tsx is no demo: export default Interface\(\.\.\.\) or Blocks\(\.\.\.\)$/,
      /^routes\/demos\/thrown\.tsx cannot be loaded: no model 1/,
      /^routes\/demos\/typo\.tsx cannot be loaded: SyntaxError: Expected ',', got ';'/,
    ];
    const broken = (await listDemos(true, folder.home)).flatMap(({ error }) => error ?? []).sort();
    for (const [at, why] of whys.entries()) assert.match(broken[at] ?? "", why);
    assert.equal(broken.length, whys.length);
    assert.equal(said.length, whys.length);
    for (const why of whys) assert.ok(said.some((line) => why.test(line)), String(why));
    assert.deepEqual((await listDemos(false, folder.home)).map(({ title }) => title), ["Good"]);
    assert.equal(said.length, whys.length, "each once");
  } finally {
    logTo((line) => console.log(line), (line) => console.error(line));
  }
});

Deno.test("listDemos() reads a file that is not served again only when it has changed", async () => {
  await using folder = await folderOf({ "one_test.ts": 'import "node:assert";\n', "_two.ts": DEMO("Two") });
  const { readTextFile } = Deno;
  let count = 0;
  Deno.readTextFile = (...file) => {
    count++;
    return readTextFile(...file);
  };
  logTo(() => {}, () => {});
  try {
    for (let visits = 0; visits < 3; visits++) {
      const listed = await listDemos(true, folder.home);
      assert.deepEqual(listed.map(({ title }) => title), ["_two.ts"]);
    }
    assert.equal(count, 2);
  } finally {
    Deno.readTextFile = readTextFile;
    logTo((line) => console.log(line), (line) => console.error(line));
  }
});

/** A folder of demos with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<AsyncDisposable & { home: URL }> {
  const home = new URL(`file://${await Deno.makeTempDir({ prefix: "atoll_gallery_" })}/`);
  for (const [name, text] of Object.entries(files)) {
    const file = new URL(encodeURI(name), home);
    await Deno.mkdir(new URL("./", file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return { home, [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }) };
}
