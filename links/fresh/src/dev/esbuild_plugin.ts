import type { Loader, OnLoadResult, OnResolveResult, Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { isRemote, ownSource } from "./own_source.ts";
import type { Project } from "./project.ts";

/** Stands for the build's hash in scripts until it is known. */
export const BUILD_ID_PLACEHOLDER = "__FRSH_BUILD_ID";

/** Namespace of the modules that are read from a web server. */
export const REMOTE = "remote";

const BUILD_ID_FILE = ownSource("../runtime/build_id.ts");
const LOADERS: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".tsx": "tsx",
  ".jsx": "jsx",
  ".js": "js",
  ".mjs": "js",
  ".mts": "ts",
  ".json": "json",
};

/**
 * Resolves imports as Deno does: by the import map and links of deno.json, packages from node_modules. Everything
 * from npm goes through one resolver with the browser's conditions, so that there is one copy of each package.
 * `virtual` holds the sources of modules that are no files, by name.
 */
export function denoPlugin(
  project: Project,
  virtual: Readonly<Record<string, string>> = {},
): Plugin {
  return {
    name: "deno",
    setup(build) {
      const fromNpm = async (
        specifier: string,
        importer: string,
      ): Promise<OnResolveResult> => {
        const dirs = [
          project.dir,
          join(project.dir, "node_modules/.deno/node_modules"),
        ];
        for (const resolveDir of dirs) {
          const found = await build.resolve(specifier, {
            resolveDir,
            kind: "import-statement",
            pluginData: FROM_NPM,
          });
          if (found.errors.length === 0) {
            return { path: found.path, sideEffects: found.sideEffects };
          }
        }
        const text =
          `Cannot find "${specifier}" in node_modules; run "deno install". Imported by ${importer}`;
        return { errors: [{ text }] };
      };
      build.onResolve(
        { filter: /.*/ },
        ({ path, importer, pluginData, namespace, kind }) => {
          if (pluginData === FROM_NPM) return null;
          if (path in virtual) return { path, namespace: "fresh" };
          if (namespace === REMOTE && /^\.{0,2}\//.test(path)) {
            return { path: new URL(path, importer).href, namespace: REMOTE };
          }
          if (kind === "entry-point" || namespace === "fresh") {
            const found = project.resolve(path, join(project.dir, "_"));
            return found?.kind === "file" ? toFile(found.path) : null;
          }
          if (path.startsWith("node:")) {
            return {
              errors: [{
                text: `"${path}" is not available in a browser; an island leads to ${importer}`,
              }],
            };
          }
          if (/[\\/]node_modules[\\/]/.test(importer)) return null;
          const found = project.resolve(path, importer);
          if (found === null) return null;
          return found.kind === "file" ? toFile(found.path) : fromNpm(found.specifier, importer);
        },
      );
      build.onLoad({ filter: /.*/, namespace: "fresh" }, ({ path }) => ({
        contents: virtual[path] ?? "",
        loader: "js",
        resolveDir: project.dir,
      }));
      build.onLoad(
        { filter: /build_id\.ts$/ },
        ({ path }): OnLoadResult | null =>
          path === BUILD_ID_FILE
            ? {
              contents: `export const BUILD_ID="${BUILD_ID_PLACEHOLDER}"`,
              loader: "js",
            }
            : null,
      );
      build.onLoad({ filter: /.*/, namespace: REMOTE }, async ({ path }): Promise<OnLoadResult> => {
        const loader = LOADERS[extname(path)] ?? "js";
        if (path === BUILD_ID_FILE) {
          return { contents: `export const BUILD_ID="${BUILD_ID_PLACEHOLDER}"`, loader };
        }
        // By Deno's own loader, and so from its cache.
        const { default: contents } = await import(path, { with: { type: "text" } });
        return { contents, loader };
      });
      build.onLoad(
        { filter: /\.[mc]?[jt]sx?$|\.json$/ },
        async ({ path }): Promise<OnLoadResult> => ({
          contents: await readFile(path),
          loader: LOADERS[extname(path)] ?? "js",
        }),
      );
    },
  };
}

const FROM_NPM = Symbol("from npm");

function toFile(path: string): OnResolveResult {
  return isRemote(path) ? { path, namespace: REMOTE } : { path };
}
