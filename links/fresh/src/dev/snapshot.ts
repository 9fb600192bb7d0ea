import { dirname, join, relative, sep } from "node:path";
import type { SnapshotFile } from "../prod_build_cache.ts";
import { type Asset, type Assets, compress, scriptPath } from "./assets.ts";
import type { Bundle } from "./bundle.ts";
import type { Crawled } from "./crawl.ts";
import { PLAIN } from "../plain.ts";
import { contentTypeOf } from "./media_types.ts";

/** Where a build is written. All paths are absolute. */
export interface OutputPaths {
  readonly root: string;
  readonly outDir: string;
  readonly serverEntry: string;
}

/** Writes a build to disk: scripts and changed files with their compressed forms, and the code that serves them. */
export async function writeBuild(
  paths: OutputPaths,
  crawled: Crawled,
  bundle: Bundle,
  assets: Assets,
): Promise<void> {
  const { outDir } = paths;
  if (PLAIN) await Deno.mkdir(outDir, { recursive: true });
  else await removeOld(outDir);
  const files = await Promise.all(
    assets.files.map((asset) => writeAsset(paths, asset)),
  );
  const entry = JSON.stringify(importPath(outDir, paths.serverEntry));
  await Promise.all([
    Deno.writeTextFile(
      join(outDir, "snapshot.js"),
      snapshotSource(outDir, crawled, bundle, assets.buildId, files),
    ),
    Deno.writeTextFile(
      join(outDir, "server.js"),
      serverSource(entry, importPath(outDir, paths.root)),
    ),
    Deno.writeTextFile(join(outDir, "compiled-entry.js"), COMPILED_ENTRY),
  ]);
}

async function removeOld(outDir: string): Promise<void> {
  try {
    await Deno.remove(outDir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(outDir, { recursive: true });
}

async function writeAsset(
  { root, outDir }: OutputPaths,
  asset: Asset,
): Promise<SnapshotFile> {
  const { pathname, content, hash, source } = asset;
  const path = join(outDir, "static", ...pathname.split("/"));
  const write = async (
    suffix: string,
    bytes: Uint8Array,
  ): Promise<{ file: string; sizeBytes: number }> => {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path + suffix, bytes);
    return { file: fromRoot(root, path + suffix), sizeBytes: bytes.length };
  };
  const plain = source === null
    ? await write("", content)
    : { file: fromRoot(root, source), sizeBytes: content.length };
  const encodings: Record<string, { file: string; sizeBytes: number }> = {};
  for (const [name, bytes] of await compress(asset)) {
    encodings[name] = await write(name === "br" ? ".br" : ".gz", bytes);
  }
  const file = {
    pathname,
    hash,
    contentType: contentTypeOf(pathname),
    ...plain,
  };
  return Object.keys(encodings).length === 0 ? file : { ...file, encodings };
}

function fromRoot(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

function importPath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}

function snapshotSource(
  outDir: string,
  { routes }: Crawled,
  { islands, runtimeFile }: Bundle,
  buildId: string,
  files: readonly SnapshotFile[],
): string {
  const imports: string[] = [];
  const load = (path: string): string => {
    const name = `module${imports.length}`;
    imports.push(
      `import * as ${name} from ${JSON.stringify(importPath(outDir, path))};`,
    );
    return name;
  };
  const islandLines = islands.map(({ path, file, names }) =>
    `  { module: ${load(path)}, file: ${JSON.stringify(scriptPath(buildId, file))}, names: ${
      JSON.stringify(names)
    }, css: [] },`
  );
  const routeLines = routes.map(({ path, isLazy, ...route }) => {
    const { file, type, segment, pattern } = route;
    const fields = PLAIN
      ? Object.entries({ pattern, segment, type, file }).map(([name, text]) =>
        `${name}: ${JSON.stringify(text)}`
      )
        .join(", ")
      : JSON.stringify({ file, type, segment, pattern }).slice(1, -1);
    const module = isLazy ? `() => import(${JSON.stringify(importPath(outDir, path))})` : load(path);
    return `  { ${fields}, module: ${module} },`;
  });
  return [
    "// Written by the build",
    ...imports,
    "",
    `export const buildId = ${JSON.stringify(buildId)};`,
    `export const runtimeFile = ${JSON.stringify(scriptPath(buildId, runtimeFile))};`,
    "export const islands = [",
    ...islandLines,
    "];",
    "export const fsRoutes = [",
    ...routeLines,
    "];",
    `export const staticFiles = ${JSON.stringify(files, null, 1)};`,
    "",
  ].join("\n");
}

function serverSource(entry: string, root: string): string {
  return `// Written by the build
import { path, ProdBuildCache, setBuildCache } from "fresh/internal";
import { app } from ${entry};
import * as snapshot from "./snapshot.js";

const root = path.join(import.meta.dirname, ${JSON.stringify(root)});
setBuildCache(app, new ProdBuildCache(root, snapshot), "production");

export default { fetch: app.handler() };
`;
}

const COMPILED_ENTRY = `// Written by the build
import server from "./server.js";

const port = Deno.env.get("PORT");
const hostname = Deno.env.get("HOSTNAME");
Deno.serve({ ...(port && { port: Number(port) }), ...(hostname && { hostname }) }, server.fetch);
`;
