import assert from "node:assert/strict";

/** What upstream Fresh 2.3.3 documents, by the path it is imported from. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  fresh:
    "App staticFiles createDefine page HttpError csp csrf cors ipFilter trailingSlashes Context FreshContext " +
    "PageProps Middleware MiddlewareFn HandlerFn HandlerByMethod RouteHandler RouteData PageResponse RouteConfig " +
    "LayoutConfig Lazy MaybeLazy Define Method FreshConfig ResolvedFreshConfig ListenOptions Island " +
    "WebSocketHandlers WebSocketUpgradeOptions CsrfOptions CORSOptions CSPOptions IpFilterOptions IpFilterRules",
  "fresh/runtime": "IS_BROWSER asset assetSrcSet Head Partial HttpError HeadProps PartialProps",
  "fresh/dev": "Builder",
};

const root = new URL("../", import.meta.url);
const IMPORT = /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+"(fresh(?:\/[\w-]+)?)"/g;
const ANY = /from\s+"(fresh(?:\/[\w-]+)?)"|import\("(fresh(?:\/[\w-]+)?)"\)|@fresh\/core|links\/fresh/g;

/** What a text imports of Fresh that upstream does not document. */
function undocumented(text: string): string[] {
  const found: string[] = [];
  let named = 0;
  for (const [, names = "", path = ""] of text.matchAll(IMPORT)) {
    named++;
    const known = DOCUMENTED[path]?.split(" ") ?? [];
    for (const entry of names.split(",")) {
      const name = entry.trim().replace(/^type\s+/, "").replace(/\s+as\s.*/, "");
      if (name !== "" && !known.includes(name)) found.push(`${path}: ${name}`);
    }
  }
  const all = [...text.matchAll(ANY)];
  if (all.length > named) found.push(...all.map(([way]) => way).slice(named));
  return found;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else if (/\.tsx?$/.test(name)) yield `${folder}${name}`;
  }
}

Deno.test("Nothing outside links/ imports what upstream Fresh does not document", async () => {
  let files = 0;
  const wrong: string[] = [];
  const look = async (file: string) => {
    files++;
    for (const what of undocumented(await Deno.readTextFile(new URL(file, root)))) {
      wrong.push(`${file}: ${what}`);
    }
  };
  for (const file of ["main.ts", "dev.ts"]) await look(file);
  for (const folder of ["routes/", "islands/", "components/", "lib/", "bench/routes/"]) {
    for await (const file of sources(folder)) await look(file);
  }
  assert.ok(files > 50);
  assert.deepEqual(wrong, []);
});

Deno.test("undocumented() finds internals by name, by path and by any other way in", () => {
  assert.deepEqual(undocumented('import { App, setBuildCache } from "fresh";'), ["fresh: setBuildCache"]);
  assert.deepEqual(undocumented('import { path } from "fresh/internal";'), ["fresh/internal: path"]);
  assert.equal(undocumented('import * as all from "fresh";').length, 1);
  assert.equal(undocumented('import { x } from "../links/fresh/src/mod.ts";').length, 1);
  assert.deepEqual(
    undocumented('import { App, type Context } from "fresh";\nimport { Head } from "fresh/runtime";'),
    [],
  );
});
