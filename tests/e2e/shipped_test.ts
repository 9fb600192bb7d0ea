import assert from "node:assert/strict";
import { buildOf } from "@/lib/cli/builds.ts";
import { startServer } from "@/tests/server.ts";

const root = buildOf(new URL("../../", import.meta.url));
const CANARY = "canary-93ab";
/** Maps, paths of this machine, names of our sources, what only the server's own modules say, and dumps of the environment. */
const TELLTALE =
  /sourceMappingURL|sourcesContent|file:\/\/|\/(?:home|root|tmp|usr)\/|["'/][\w.-]+\.tsx?["'?:]|node_modules|Deno\.(?:env|readFile|Command)|process\.env|ATOLL_[A-Z]|canary-93ab/;

Deno.test("M04, M05: nothing that a browser is given tells of sources, of the machine or of the environment", async (t) => {
  for (
    const seeded of [
      '"main.ts"',
      "//# sourceMappingURL=x",
      '"/home/ada"',
      "process.env.X",
      "at x/y.tsx:3",
      CANARY,
    ]
  ) {
    assert.match(seeded, TELLTALE);
  }
  await using server = await startServer({
    CANARY_ENV: CANARY,
    ATOLL_SECRET: "q7Zr1vTn0xJc5LwYd3KfUe8PsGhBm2Aa",
  });
  await t.step("every asset of the build and of static/", async () => {
    const paths = [...await below("_fresh/static/"), ...await below("static/")];
    let asked = 0;
    for (const path of paths) {
      const response = await fetch(`${server.base}/${path}`);
      const text = await response.text();
      // Upstream's build says there what it was made of: the guard does not.
      assert.equal(response.status, path.endsWith("/metafile.json") ? 404 : 200, path);
      if (/javascript|css|json|html|text/.test(response.headers.get("content-type") ?? "")) {
        assert.doesNotMatch(text, TELLTALE, path);
        asked++;
      }
      // A map would lie beside it.
      const map = await fetch(`${server.base}/${path}.map`);
      await map.body?.cancel();
      assert.equal(map.status, 404, path);
    }
    assert.ok(asked > 20, `${asked} of ${paths.length}`);
  });
  await t.step("every page of the gallery", async () => {
    const gallery = await (await fetch(server.base)).text();
    const pages = new Set(
      Array.from(gallery.matchAll(/href="(\/demos\/[^"#?]+)"/g), ([, path]) => path as string),
    );
    assert.ok(pages.size > 10);
    for (const path of ["/", "/none", ...pages]) {
      const response = await fetch(server.base + path);
      assert.doesNotMatch(
        await response.text(),
        /process\.env|Deno\.env|canary-93ab|q7Zr1vTn|file:\/\/\//,
        path,
      );
    }
  });
});

/** Paths of all files below a folder, as they are asked for. */
async function below(folder: string, path = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder + path, root))) {
    if (isDirectory) found.push(...await below(folder, `${path}${name}/`));
    // Those are other forms of the same file.
    else if (!/\.(?:br|gz)$/.test(name)) found.push(path + name);
  }
  return found;
}
