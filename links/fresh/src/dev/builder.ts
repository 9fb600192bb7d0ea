import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type App, setBuildCache } from "../app.ts";
import type { BuildCache } from "../build_cache.ts";
import type { ListenOptions } from "../listen.ts";
import { gatherAssets } from "./assets.ts";
import { bundleIslands, stopBundler } from "./bundle.ts";
import { crawl, type Crawled } from "./crawl.ts";
import { serveDev } from "./dev_server.ts";
import { DEV_SCRIPT_PATH } from "./live_reload.ts";
import { PLAIN } from "../plain.ts";
import { MemoryBuildCache } from "./memory_build_cache.ts";
import { assertOnePreact } from "./one_preact.ts";
import { Project } from "./project.ts";
import { writeBuild } from "./snapshot.ts";
import { freshStaticFiles } from "./static_source.ts";
import type { OnTransformOptions, Transformer, TransformFn } from "./transform.ts";

/** Options of `new Builder()`. Relative paths are relative to `root`. */
export interface BuildOptions {
  /** Browsers to build for. @default ["chrome99", "firefox99", "safari15"] */
  target?: string | string[];
  /** Project root, a path or a `file:` URL. @default the current directory */
  root?: string;
  /** Where the build is written. @default "_fresh" */
  outDir?: string;
  /** Folder, or folders, of static files. @default "static" */
  staticDir?: string | string[];
  /** Folder of islands. @default "islands" */
  islandDir?: string;
  /** Folder of routes. @default "routes" */
  routeDir?: string;
  /** File that exports `app`. @default "main.ts" */
  serverEntry?: string;
  /** Files that are no routes or islands. */
  ignore?: RegExp[];
  /** Source maps of scripts while developing. A production build has none. */
  sourceMap?: {
    kind: boolean | "linked" | "inline" | "external" | "both";
    sourceRoot?: string;
    sourcesContent?: boolean;
  };
}

/** The options with all defaults filled in and all paths absolute. */
export interface ResolvedBuildConfig {
  readonly target: string | string[];
  readonly root: string;
  readonly outDir: string;
  readonly staticDir: readonly string[];
  readonly islandDir: string;
  readonly routeDir: string;
  readonly serverEntry: string;
  readonly ignore: readonly RegExp[];
  readonly sourceMap: BuildOptions["sourceMap"];
  mode: "development" | "production";
}

// deno-lint-ignore no-explicit-any -- as upstream declares it: a builder that is told no state takes every app
type AnyState = any;

/**
 * Builds an app for production and serves it while developing.
 *
 * @example
 * ```ts
 * const builder = new Builder();
 * if (Deno.args.includes("build")) await builder.build();
 * else await builder.listen(() => import("./main.ts"));
 * ```
 */
export class Builder<State = AnyState> {
  /** The configuration in effect. */
  readonly config: ResolvedBuildConfig;
  readonly #islands = new Set<string>();
  readonly #transformers: Transformer[] = [];

  /** Makes a builder; nothing is read before `build()` or `listen()`. */
  constructor(options: BuildOptions = {}) {
    const root = options.root === undefined
      ? Deno.cwd()
      : options.root.startsWith("file:")
      ? fileURLToPath(options.root)
      : resolve(options.root);
    const inRoot = (path: string) => isAbsolute(path) ? path : join(root, path);
    this.config = {
      target: options.target ?? ["chrome99", "firefox99", "safari15"],
      root,
      outDir: inRoot(options.outDir ?? "_fresh"),
      staticDir: [options.staticDir ?? "static"].flat().map(inRoot),
      islandDir: inRoot(options.islandDir ?? "islands"),
      routeDir: inRoot(options.routeDir ?? "routes"),
      serverEntry: inRoot(options.serverEntry ?? "main.ts"),
      ignore: options.ignore ?? [],
      sourceMap: options.sourceMap,
      mode: "production",
    };
  }

  /** Makes the components of another file islands too. `specifier` is a `file:` URL or a path. */
  registerIsland(specifier: string): void {
    this.#islands.add(specifier);
  }

  /** Calls `fn` for every static file that `options` choose: at build time, and while developing at each request. */
  onTransformStaticFile(options: OnTransformOptions, fn: TransformFn): void {
    this.#transformers.push({ options, fn });
  }

  /**
   * Builds the app. The result connects an app with this build, as tests need it.
   * @param options `snapshot: "memory"` writes nothing to disk
   */
  async build(
    options: {
      mode?: "development" | "production";
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    const { mode = "production", snapshot = "disk" } = options;
    this.config.mode = mode;
    const built = await this.#bundle(await this.#crawl());
    const { crawled, bundle, assets } = built;
    if (snapshot === "disk") {
      await writeBuild(this.config, crawled, bundle, assets);
      await stopBundler();
    }
    // Modules are only loaded when the result is wanted: a build to disk need not run the app
    const cache = snapshot === "memory"
      ? await MemoryBuildCache.load(
        this.config.root,
        crawled,
        bundle,
        assets,
        null,
      )
      : null;
    return (app) => {
      if (cache === null) {
        throw new Error(
          'Cannot apply a build on disk: use build({ snapshot: "memory" })',
        );
      }
      setBuildCache(app as App<never>, cache, mode);
    };
  }

  /**
   * Serves the app while developing. Pages reload when the server restarts, and when static files, routes or islands
   * come and go.
   */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    this.config.mode = "development";
    const { routeDir, islandDir, staticDir } = this.config;
    await serveDev({
      options,
      watched: { sources: [routeDir, islandDir], statics: staticDir },
      crawl: () => this.#crawl(),
      load: (crawled) => this.#loadDev(crawled),
      app: async () => {
        const loaded = await importApp();
        return ("app" in loaded ? loaded.app : loaded) as App<never>;
      },
    });
  }

  async #loadDev(crawled: Crawled): Promise<BuildCache> {
    const { root, staticDir, target } = this.config;
    const { bundle, assets } = await this.#bundle(crawled);
    const fresh = freshStaticFiles(
      staticDir,
      this.#transformers,
      target,
      assets.buildId,
    );
    return await MemoryBuildCache.load(root, crawled, bundle, assets, {
      script: DEV_SCRIPT_PATH,
      fresh,
    });
  }

  async #crawl(): Promise<Crawled> {
    const { routeDir, islandDir, ignore } = this.config;
    const found = await crawl(routeDir, islandDir, ignore);
    return {
      routes: found.routes,
      islands: [...found.islands, ...this.#islands],
    };
  }

  async #bundle(crawled: Crawled) {
    const { root, target, mode, staticDir, sourceMap } = this.config;
    const project = await Project.load(root);
    if (!PLAIN) await assertOnePreact(project.dir);
    const islands = crawled.islands.map((specifier) => {
      const found = project.resolve(specifier, join(root, "_"));
      if (found?.kind !== "file") {
        throw new Error(
          `Cannot register island "${specifier}": it must be a path or a file: URL`,
        );
      }
      return found.path;
    });
    const isDev = mode === "development";
    const kind = sourceMap?.kind;
    const bundle = await bundleIslands({
      project,
      islands: [...new Set(islands)],
      target,
      isDev,
      sourceMap: kind === false ? false : "inline",
    });
    const assets = await gatherAssets(bundle, staticDir, this.#transformers, {
      mode,
      target,
    });
    return { crawled, bundle, assets };
  }
}
