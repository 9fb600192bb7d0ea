import { pathToFileURL } from "node:url";
import { type BuildCache, IslandPreparer, type IslandRegistry, type StaticFile } from "../build_cache.ts";
import type { FsModule, FsRoute } from "../fs_routes.ts";
import { setBuildId } from "../runtime/build_id.ts";
import { type Asset, type Assets, scriptPath } from "./assets.ts";
import type { Bundle } from "./bundle.ts";
import type { Crawled } from "./crawl.ts";
import { contentTypeOf } from "./media_types.ts";

/** Finds files that are not part of the build, or have changed since. */
export type FreshFile = (pathname: string) => Promise<Asset | null>;

/** A build that is kept in memory: for the dev server and for tests. */
export class MemoryBuildCache implements BuildCache {
  readonly root: string;
  readonly buildId: string;
  readonly runtimeFile: string;
  readonly islands: IslandRegistry = new Map();
  readonly fsRoutes: readonly FsRoute[];
  readonly devScript?: string;
  readonly #files = new Map<string, Asset>();
  readonly #fresh: FreshFile | null;

  private constructor(
    root: string,
    bundle: Bundle,
    assets: Assets,
    fsRoutes: readonly FsRoute[],
    dev: { script: string; fresh: FreshFile } | null,
  ) {
    this.root = root;
    this.buildId = assets.buildId;
    this.runtimeFile = scriptPath(assets.buildId, bundle.runtimeFile);
    this.fsRoutes = fsRoutes;
    if (dev !== null) this.devScript = dev.script;
    this.#fresh = dev?.fresh ?? null;
    for (const asset of assets.files) this.#files.set(asset.pathname, asset);
  }

  /** Loads the modules of a build. With `dev`, static files are read anew when asked for. */
  static async load(
    root: string,
    crawled: Crawled,
    bundle: Bundle,
    assets: Assets,
    dev: { script: string; fresh: FreshFile } | null,
  ): Promise<MemoryBuildCache> {
    const load = (path: string): Promise<FsModule> => import(pathToFileURL(path).href);
    const fsRoutes = await Promise.all(
      crawled.routes.map(
        async ({ path, isLazy, ...route }): Promise<FsRoute> => {
          return {
            ...route,
            module: isLazy ? () => load(path) : await load(path),
          };
        },
      ),
    );
    const cache = new MemoryBuildCache(root, bundle, assets, fsRoutes, dev);
    const preparer = new IslandPreparer();
    for (const { path, file, names } of bundle.islands) {
      preparer.prepare(
        cache.islands,
        await load(path),
        scriptPath(assets.buildId, file),
        names,
      );
    }
    setBuildId(assets.buildId);
    return cache;
  }

  readFile(pathname: string): StaticFile | null | Promise<StaticFile | null> {
    const isScript = pathname.startsWith("/_fresh/");
    if (this.#fresh !== null && !isScript) {
      return this.#fresh(pathname).then((asset) => asset && toStaticFile(asset));
    }
    const asset = this.#files.get(pathname);
    return asset === undefined ? null : toStaticFile(asset);
  }
}

function toStaticFile({ hash, pathname, content }: Asset): StaticFile {
  return {
    hash,
    contentType: contentTypeOf(pathname),
    sizeBytes: content.length,
    read: () => Promise.resolve(content),
  };
}
