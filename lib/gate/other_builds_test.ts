import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { App } from "fresh";
import { otherBuilds } from "./other_builds.ts";

Deno.test("otherBuilds() answers scripts of other builds, for ever the same, and nothing else of them", async () => {
  const path = await Deno.makeTempDir({ prefix: "atoll-" });
  for (const build of ["a", "b"]) {
    await Deno.mkdir(`${path}/${build}/js/${build}1`, { recursive: true });
    await Deno.writeTextFile(`${path}/${build}/js/${build}1/Door.js`, `export default "${build}"`);
    await Deno.writeTextFile(`${path}/${build}/js/${build}1/metafile.json`, "{}");
    await Deno.writeTextFile(`${path}/${build}/js/secret.js`, "no");
  }
  const folders = ["a", "b", "gone"].map((build) => pathToFileURL(`${path}/${build}/js/`));
  const handle = new App().use(otherBuilds(folders)).get("*", () => new Response("page")).handler();
  const ask = async (path: string, method = "GET") => {
    const response = await handle(new Request(`http://localhost${path}`, { method }));
    return [await response.text(), response.headers.get("cache-control")];
  };
  const immutable = "public, max-age=31536000, immutable";
  assert.deepEqual(await ask("/_fresh/js/a1/Door.js"), [`export default "a"`, immutable]);
  assert.deepEqual(await ask("/_fresh/js/b1/Door.js?x"), [`export default "b"`, immutable]);
  for (
    const other of [
      "/_fresh/js/a1/None.js",
      "/_fresh/js/a1/metafile.json",
      "/_fresh/js/a1/../secret.js",
      "/_fresh/js/a1/%2e%2e/secret.js",
      "/_fresh/js/a1/..%2fsecret.js",
      "/_fresh/js/../a1/Door.js",
      "/_fresh/js//secret.js",
      "/_fresh/js/./secret.js",
      "/_fresh/js/a1/.secret.js",
      "/Door.js",
    ]
  ) assert.deepEqual(await ask(other), ["page", null], other);
  await Deno.remove(path, { recursive: true });
});
