import assert from "node:assert/strict";
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
  const home = new URL(`file://${await Deno.makeTempDir()}/`);
  const source = 'export default { demo: { title: undefined, description: "Turns it round" } };\n';
  await Deno.writeTextFile(new URL("zz_reverse.tsx", home), source);
  const path = "/demos/zz_reverse";
  assert.deepEqual(await listDemos(false, home), [{
    path,
    title: "Zz reverse",
    description: "Turns it round",
  }]);
  await Deno.remove(home, { recursive: true });
});
