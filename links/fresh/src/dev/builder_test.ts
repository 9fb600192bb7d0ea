import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { App, setBuildCache } from "../app.ts";
import { staticFiles } from "../middlewares/static_files.ts";
import { ProdBuildCache, type Snapshot } from "../prod_build_cache.ts";
import { Builder } from "./builder.ts";
import { mergeEntry } from "./merge_entry.ts";

const DATA = fileURLToPath(import.meta.resolve("../../testdata/"));
const ROOT = fileURLToPath(import.meta.resolve("../../../../"));

function builder(outDir?: string): Builder {
  return new Builder({
    root: ROOT,
    outDir,
    staticDir: `${DATA}static`,
    islandDir: `${DATA}islands`,
    routeDir: `${DATA}routes`,
    serverEntry: `${DATA}main.ts`,
  });
}

const get = (app: App<unknown>, path: string, headers?: HeadersInit) =>
  app.handler()(new Request(`http://test${path}`, { headers }));

// esbuild is told to end and does, but not always before the test does.
const ends = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "Builder.build() puts the runtime, what islands share, and tiny islands into one script",
  ends,
  async () => {
    const apply = await builder().build({ snapshot: "memory" });
    const app = new App<unknown>().use(staticFiles()).fsRoutes();
    apply(app);
    const page = await get(app, "/");
    const html = await page.text();
    const script = /<script type="module"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const imports = Array.from(
      script.matchAll(/import\{([^}]*)\}from"([^"]*)"/g),
      ([, names, file]) => ({ names, file }),
    );
    deepEqual(
      imports.map((
        { names, file },
      ) => [names, file.replace(/\/[0-9a-f]{16}\//, "/ID/")]),
      [
        [
          "boot,Small,heavy_user__Lazy as Lazy",
          "/_fresh/js/ID/fresh-runtime.js",
        ],
        ["default as Large", "/_fresh/js/ID/Large.js"],
      ],
    );
    deepEqual(
      Array.from(
        (page.headers.get("link") ?? "").matchAll(/<([^>]*)>/g),
        ([, file]) => file,
      ),
      imports.map(({ file }) => file),
    );
    const runtime = await (await get(app, imports[0].file)).text();
    ok(
      !runtime.includes("heavy code"),
      "what is imported on demand is a script of its own",
    );
    const large = await get(app, imports[1].file);
    equal(
      large.headers.get("cache-control"),
      "public, max-age=31536000, immutable",
    );
    deepEqual(
      Array.from(
        (await large.text()).matchAll(/from"([^"]*)"/g),
        ([, file]) => file,
      ),
      [
        "./fresh-runtime.js",
      ],
    );
  },
);

Deno.test(
  "Builder.build() runs transforms and gives URLs in style sheets the build's hash",
  ends,
  async () => {
    const own = builder();
    own.onTransformStaticFile(
      { pluginName: "blue", filter: /\.css$/ },
      ({ text }) => ({ content: text.replace("red", "blue") }),
    );
    const app = new App<unknown>().use(staticFiles());
    (await own.build({ snapshot: "memory" }))(app);
    const css = await (await get(app, "/page.css")).text();
    match(css, /color: blue/);
    const url = /url\("([^"]*)"\)/.exec(css)?.[1] ?? "";
    equal(
      (await get(app, url)).headers.get("cache-control"),
      "public, max-age=31536000, immutable",
    );
    equal((await get(app, "/dot.svg?__frsh_c=old")).status, 307);
  },
);

Deno.test(
  "Builder.build() writes compressed scripts, which are sent to those who accept them",
  ends,
  async () => {
    const outDir = await Deno.makeTempDir();
    try {
      await builder(outDir).build();
      const source = await Deno.readTextFile(`${outDir}/snapshot.js`);
      const snapshot: Pick<
        Snapshot,
        "buildId" | "runtimeFile" | "staticFiles"
      > = {
        buildId: read(source, "buildId"),
        runtimeFile: read(source, "runtimeFile"),
        staticFiles: read(source, "staticFiles"),
      };
      const app = new App<unknown>().use(staticFiles());
      setBuildCache(
        app as App<never>,
        new ProdBuildCache(ROOT, { ...snapshot, islands: [], fsRoutes: [] }),
        "production",
      );
      const sizes: number[] = [];
      for (const encoding of ["br", "gzip", ""]) {
        const response = await get(app, snapshot.runtimeFile, {
          "accept-encoding": encoding,
        });
        equal(response.headers.get("content-encoding") ?? "", encoding);
        equal(response.headers.get("vary"), "Accept-Encoding");
        sizes.push((await response.bytes()).length);
      }
      ok(sizes[0] < sizes[1] && sizes[1] < sizes[2], String(sizes));
    } finally {
      await Deno.remove(outDir, { recursive: true });
    }
  },
);

function read<T>(source: string, name: string): T {
  return JSON.parse(
    new RegExp(`export const ${name} = ([\\s\\S]*?);\\n`).exec(source)?.[1] ??
      "null",
  );
}

Deno.test("mergeEntry() makes one script of an entry and the chunk it hands on", () => {
  const files = new Map([
    [
      "run.js",
      'import{a as x,b as y}from"./chunk-1.js";export{x as boot,y as Small};',
    ],
    ["chunk-1.js", "var p=1,q=2,r=3;export{p as a,q as b,r as c};\n"],
    ["Big.js", 'import{c as z}from"./chunk-1.js";export{z as default};'],
  ]);
  mergeEntry(files, "run.js");
  deepEqual(Object.fromEntries(files), {
    "run.js": "var p=1,q=2,r=3;export{p as a,q as b,r as c,p as boot,q as Small};\n",
    "Big.js": 'import{c as z}from"./run.js";export{z as default};',
  });
});
