import { join } from "node:path";
import { compareRoutes, describeRoute, type FsRoute } from "../fs_routes.ts";

/** A file of the routes folder, not loaded. */
export interface FoundRoute extends Omit<FsRoute, "module"> {
  /** Absolute path. */
  readonly path: string;
  /** Whether it may be loaded on first use. */
  readonly isLazy: boolean;
}

/** What the source folders hold. */
export interface Crawled {
  readonly routes: readonly FoundRoute[];
  /** Absolute paths of island files. */
  readonly islands: readonly string[];
}

const SOURCE = /\.[jt]sx?$/;
const TEST = /[_.]test\.[jt]sx?$/;

/** Finds routes and islands. A folder that does not exist has none. */
export async function crawl(
  routeDir: string,
  islandDir: string,
  ignore: readonly RegExp[],
): Promise<Crawled> {
  const islands: string[] = [];
  const routes: FoundRoute[] = [];
  for await (const file of walk(islandDir)) {
    if (isSource(file, ignore, islandDir)) islands.push(join(islandDir, file));
  }
  for await (const file of walk(routeDir)) {
    if (!isSource(file, ignore, routeDir)) continue;
    const path = join(routeDir, file);
    const hidden = file.split("/").slice(0, -1).find((folder) => /^\(_.+\)$/.test(folder));
    if (hidden !== undefined) {
      if (hidden === "(_islands)") islands.push(path);
      continue;
    }
    const found = describeRoute(file);
    if (found === null) continue;
    // Its pattern is in the module, so that has to be loaded before it can be matched
    const isLazy = found.type === "route" &&
      !(await Deno.readTextFile(path)).includes("routeOverride");
    routes.push({ ...found, path, isLazy });
  }
  routes.sort((a, b) => compareRoutes(a, b) || (a.file < b.file ? -1 : 1));
  return { routes, islands: islands.sort() };
}

function isSource(
  file: string,
  ignore: readonly RegExp[],
  dir: string,
): boolean {
  return SOURCE.test(file) && !TEST.test(file) && !file.endsWith(".d.ts") &&
    !ignore.some((pattern) => pattern.test(join(dir, file)));
}

/** Paths of the files in `dir` and below, with `/`, in order of their names. */
export async function* walk(dir: string, prefix = ""): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (
    const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    if (isDirectory) yield* walk(join(dir, name), `${prefix}${name}/`);
    else yield prefix + name;
  }
}
