import type { BuildOptions, BuildResult, Metafile } from "esbuild";
import { basename, join, relative, sep } from "node:path";
import { denoPlugin, REMOTE } from "./esbuild_plugin.ts";
import { mergeEntry } from "./merge_entry.ts";
import { assertOnePreactIn } from "./one_preact.ts";
import { isRemote, ownSource } from "./own_source.ts";
import { PLAIN } from "../plain.ts";
import type { Project } from "./project.ts";

/** An island file and where its exports are found in the browser. */
export interface BundledIsland {
  /** Absolute path of the source. */
  readonly path: string;
  /** Name of the script, without folder. */
  readonly file: string;
  /** Export names of the source, with the island's name and the script's export. */
  readonly names: Record<string, { name: string; exportName: string }>;
}

/** The browser's scripts. */
export interface Bundle {
  /** Name of the script that exports `boot`. */
  readonly runtimeFile: string;
  readonly islands: readonly BundledIsland[];
  /** Scripts by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** What to bundle and how. */
export interface BundleOptions {
  readonly project: Project;
  /** Absolute paths of the island files. */
  readonly islands: readonly string[];
  readonly target: string | string[];
  readonly isDev: boolean;
  readonly sourceMap?: BuildOptions["sourcemap"];
}

/**
 * An island with less code of its own than this goes into the shared script: a request costs more than the bytes,
 * some 300 of headers each way and a place in the browser's queue.
 */
const TINY_ISLAND_BYTES = 1_200;
/**
 * Upper bound for all of them together, about 1.7 kB compressed: every page pays for what it does not show. The larger of
 * the small come first: what compresses worst by itself gains most.
 */
const TINY_TOTAL_BYTES = 6300;

const RUNTIME_NAME = "fresh-runtime";
const RUNTIME_SOURCE = ownSource("../runtime/client/mod.ts");

interface Entry {
  readonly path: string;
  readonly name: string;
  exports: string[];
}

/** Bundles the islands. What most of them need, and tiny ones as a whole, is one script with the runtime. */
export async function bundleIslands(options: BundleOptions): Promise<Bundle> {
  const entries = nameEntries(options.islands);
  const esbuild = await import("esbuild");
  const first = await run(esbuild.build, options, {
    [RUNTIME_NAME]: RUNTIME_SOURCE,
    ...Object.fromEntries(entries.map(({ name, path }) => [name, path])),
  });
  if (!PLAIN) assertOnePreactIn(Object.keys(first.metafile.inputs));
  for (const entry of entries) {
    entry.exports = exportsOf(first.metafile, entry.name);
  }
  if (options.isDev || PLAIN) return toBundle(first, entries, new Set());
  const plan = planShared(first.metafile, entries, options.project.dir);
  const second = await run(
    esbuild.build,
    options,
    plan.entryPoints,
    plan.virtual,
  );
  return toBundle(second, entries, plan.folded);
}

/** Ends the bundler's process, which {@linkcode bundleIslands} leaves running. */
export async function stopBundler(): Promise<void> {
  const { stop } = await import("esbuild");
  await stop();
}

type Result = BuildResult<{ metafile: true; write: false }>;

async function run(
  build: typeof import("esbuild").build,
  { project, target, isDev, sourceMap }: BundleOptions,
  entryPoints: Record<string, string>,
  virtual: Record<string, string> = {},
): Promise<Result> {
  return await build({
    entryPoints,
    absWorkingDir: project.dir,
    outdir: join(project.dir, OUT),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target,
    minify: !isDev,
    sourcemap: isDev ? sourceMap ?? "inline" : false,
    jsx: "automatic",
    jsxImportSource: project.jsxImportSource,
    define: {
      "process.env.NODE_ENV": isDev ? '"development"' : '"production"',
    },
    legalComments: "none",
    charset: "utf8",
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    logLevel: "error",
    metafile: true,
    write: false,
    plugins: [denoPlugin(project, virtual)],
  });
}

// Nothing is written there: it only gives outputs a common folder
const OUT = "__fresh_out";

function nameEntries(paths: readonly string[]): Entry[] {
  const taken = new Set([RUNTIME_NAME, "boot"]);
  return [...paths].sort().map((path) => {
    const name = unique(
      basename(path).replace(/\.\w+$/, "").replace(/\W/g, "_"),
      taken,
    );
    return { path, name, exports: [] };
  });
}

function unique(name: string, taken: Set<string>): string {
  let free = /^\d/.test(name) ? `_${name}` : name;
  for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
  taken.add(free);
  return free;
}

function exportsOf(metafile: Metafile, name: string): string[] {
  return metafile.outputs[`${OUT}/${name}.js`]?.exports ?? [];
}

interface Plan {
  readonly entryPoints: Record<string, string>;
  readonly virtual: Record<string, string>;
  readonly folded: Set<Entry>;
}

/** Decides from a first build what the shared script holds, and how to make the second build put it there. */
function planShared(
  metafile: Metafile,
  entries: readonly Entry[],
  dir: string,
): Plan {
  const key = (path: string) =>
    isRemote(path) ? `${REMOTE}:${path}` : relative(dir, path).split(sep).join("/");
  const pathOf = (key: string) =>
    key.startsWith(`${REMOTE}:`) ? key.slice(REMOTE.length + 1) : join(dir, key);
  const sizes = new Map<string, number>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      sizes.set(path, (sizes.get(path) ?? 0) + bytesInOutput);
    }
  }
  const shared = reach(metafile, key(RUNTIME_SOURCE));
  const closures = new Map(
    entries.map((entry) => [entry, reach(metafile, key(entry.path))]),
  );
  const users = new Map<string, number>();
  for (const closure of closures.values()) {
    for (const path of closure) users.set(path, (users.get(path) ?? 0) + 1);
  }
  for (const [path, count] of users) {
    if (count >= 2 && count >= entries.length / 2) shared.add(path);
  }
  const common = new Set(shared);

  const own = (entry: Entry) => [...closures.get(entry) ?? []].filter((path) => !shared.has(path));
  const size = (entry: Entry) => own(entry).reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  const folded = new Set<Entry>();
  let total = 0;
  // Each that is folded may make others smaller, which need the same.
  for (;;) {
    const [next] = entries.filter((entry) => !folded.has(entry))
      .map((entry) => ({ entry, bytes: size(entry) }))
      .filter(({ bytes }) => bytes < TINY_ISLAND_BYTES && total + bytes <= TINY_TOTAL_BYTES)
      .sort((a, b) => b.bytes - a.bytes);
    if (!next) break;
    total += next.bytes;
    folded.add(next.entry);
    for (const path of own(next.entry)) shared.add(path);
  }
  return writePlan(entries, folded, [...common].map(pathOf));
}

function reach(metafile: Metafile, start: string): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (
      const { path: next, kind, external } of metafile.inputs[path]?.imports ??
        []
    ) {
      if (!external && kind !== "dynamic-import") open.push(next);
    }
  }
  return seen;
}

// All other entries import the runtime's. So what that reaches is reached by all, which makes it one chunk
function writePlan(
  entries: readonly Entry[],
  folded: Set<Entry>,
  common: readonly string[],
): Plan {
  const text = (path: string) => JSON.stringify(path);
  const lines = [`export { boot } from ${text(RUNTIME_SOURCE)};`];
  for (const [i, path] of common.entries()) {
    lines.push(`import * as m${i} from ${text(path)};`);
  }
  for (const entry of folded) {
    const names = entry.exports.map((name) => `${name} as ${sharedExport(entry, name)}`);
    if (names.length > 0) {
      lines.push(`export { ${names.join(", ")} } from ${text(entry.path)};`);
    }
  }
  const virtual: Record<string, string> = { [RUNTIME_NAME]: lines.join("\n") };
  const entryPoints: Record<string, string> = { [RUNTIME_NAME]: RUNTIME_NAME };
  for (const entry of entries) {
    if (folded.has(entry)) continue;
    const name = `fresh-island-${entry.name}`;
    entryPoints[entry.name] = name;
    const again = entry.exports.includes("default") ? `export { default } from ${text(entry.path)};` : "";
    virtual[name] = `import ${text(RUNTIME_NAME)};export * from ${text(entry.path)};${again}`;
  }
  return { entryPoints, virtual, folded };
}

function sharedExport(entry: Entry, name: string): string {
  return name === "default" ? entry.name : `${entry.name}__${name}`;
}

function toBundle(
  result: Result,
  entries: readonly Entry[],
  folded: ReadonlySet<Entry>,
): Bundle {
  const files = new Map(
    result.outputFiles.map(({ path, text }) => [basename(path), text]),
  );
  const runtimeFile = `${RUNTIME_NAME}.js`;
  if (PLAIN) files.set("metafile.json", JSON.stringify(result.metafile));
  else mergeEntry(files, runtimeFile);
  const taken = new Set<string>(["boot"]);
  const islands = entries.map((entry): BundledIsland => {
    const isFolded = folded.has(entry);
    const names: BundledIsland["names"] = {};
    for (const name of entry.exports) {
      const island = unique(name === "default" ? entry.name : name, taken);
      names[name] = {
        name: island,
        exportName: isFolded ? sharedExport(entry, name) : name,
      };
    }
    return {
      path: entry.path,
      file: isFolded ? runtimeFile : `${entry.name}.js`,
      names,
    };
  });
  return { runtimeFile, islands, files };
}
