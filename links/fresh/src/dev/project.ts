import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isRemote, ownExport } from "./own_source.ts";

/** What a specifier stands for. The path of a file may be an address, where this package comes from a registry. */
export type Resolution = { kind: "file"; path: string } | {
  kind: "npm";
  specifier: string;
};

interface Package {
  readonly dir: string;
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

interface DenoJson {
  name?: string;
  exports?: string | Record<string, string>;
  imports?: Record<string, string>;
  links?: string[];
  workspace?: string[] | { members?: string[] };
  compilerOptions?: {
    jsx?: string;
    jsxImportSource?: string;
    jsxPrecompileSkipElements?: string[];
  };
}

// Elements the server looks at while it draws; compiled to text it would never see them
const SKIP_ELEMENTS = "a img source body html head title meta script link style base noscript template"
  .split(
    " ",
  );

const OWN_NAME = "@fresh/core";

/** The settings of a project that decide what its imports mean. */
export class Project {
  /** Folder of its deno.json. */
  readonly dir: string;
  /** Package whose JSX functions are used. */
  readonly jsxImportSource: string;
  readonly #packages: readonly Package[];
  readonly #own: Package;

  private constructor(
    dir: string,
    config: DenoJson,
    linked: readonly Package[],
  ) {
    this.dir = dir;
    this.jsxImportSource = config.compilerOptions?.jsxImportSource ?? "preact";
    this.#own = toPackage(dir, config);
    this.#packages = linked;
  }

  /** Reads the deno.json that applies in `root`. @throws {Error} when its settings do not fit */
  static async load(root: string): Promise<Project> {
    for (let dir = resolve(root);; dir = dirname(dir)) {
      const config = await readConfig(dir);
      if (config !== null) {
        checkJsx(config, dir);
        return new Project(dir, config, await loadPackages(dir, config));
      }
      if (dirname(dir) === dir) {
        throw new Error(`Cannot find a deno.json in "${root}" or above`);
      }
    }
  }

  /** What `specifier` stands for in the file `importer`; null when it is no matter of this project. */
  resolve(specifier: string, importer: string): Resolution | null {
    if (specifier.startsWith("file:")) {
      return { kind: "file", path: fileURLToPath(specifier) };
    }
    if (/^\.{0,2}\//.test(specifier)) {
      return { kind: "file", path: resolve(dirname(importer), specifier) };
    }
    if (isAbsolute(specifier) || isRemote(specifier)) return { kind: "file", path: specifier };
    const home = this.#packages.find(({ dir }) =>
      importer.startsWith(dir + "/") || importer.startsWith(dir + "\\")
    );
    const owner = home ?? this.#own;
    return this.#target(owner, mapped(owner.imports, specifier) ?? specifier);
  }

  #target(owner: Package, target: string): Resolution | null {
    if (/^\.{0,2}\//.test(target)) {
      return { kind: "file", path: resolve(owner.dir, target) };
    }
    const registry = /^(npm|jsr):\/?(@[^/]+\/[^/@]+|[^/@]+)(?:@[^/]*)?(\/.*)?$/
      .exec(target);
    if (registry?.[1] === "npm") {
      return { kind: "npm", specifier: registry[2] + (registry[3] ?? "") };
    }
    const bare = /^(@[^/]+\/[^/]+|[^/:@]+)(\/.*)?$/.exec(target);
    const [name, path] = registry !== null
      ? [registry[2], registry[3]]
      : bare !== null
      ? [bare[1], bare[2]]
      : [null];
    if (name === null) return null;
    const found = this.#packages.find((linked) => linked.name === name);
    if (found !== undefined) {
      const file = found.exports[`.${path ?? ""}`];
      if (file === undefined) {
        throw new Error(`Package "${name}" does not export ".${path ?? ""}"`);
      }
      return { kind: "file", path: resolve(found.dir, file) };
    }
    const own = name === OWN_NAME ? ownExport(path ?? "") : null;
    if (own !== null) return { kind: "file", path: own };
    if (registry !== null) {
      throw new Error(
        `Cannot bundle "${target}": only packages from npm and "links" can be bundled`,
      );
    }
    return { kind: "npm", specifier: target };
  }
}

/** The value of `specifier` in an import map. A name of a package also stands for the paths below it. */
function mapped(
  imports: Readonly<Record<string, string>>,
  specifier: string,
): string | null {
  const own = imports[specifier];
  if (own !== undefined) return own;
  let best = "";
  for (const [key, target] of Object.entries(imports)) {
    const prefix = key.endsWith("/") ? key : `${key}/`;
    if (!specifier.startsWith(prefix) || key.length <= best.length) continue;
    if (key.endsWith("/") || /^(?:npm|jsr):/.test(target)) best = key;
  }
  if (best === "") return null;
  return imports[best] + specifier.slice(best.length);
}

async function readConfig(dir: string): Promise<DenoJson | null> {
  for (const name of ["deno.json", "deno.jsonc"]) {
    try {
      return parseJsonc(await Deno.readTextFile(join(dir, name)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

function parseJsonc(text: string): DenoJson {
  const plain = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, quoted) => quoted ?? "",
  );
  return JSON.parse(
    plain.replace(
      /("(?:\\.|[^"\\])*")|,(\s*[}\]])/g,
      (_, quoted, end) => quoted ?? end,
    ),
  );
}

async function loadPackages(dir: string, config: DenoJson): Promise<Package[]> {
  const members = Array.isArray(config.workspace) ? config.workspace : config.workspace?.members ?? [];
  const packages: Package[] = [];
  for (const path of [...config.links ?? [], ...members]) {
    const folder = resolve(dir, path);
    const found = await readConfig(folder);
    if (found?.name !== undefined) packages.push(toPackage(folder, found));
  }
  return packages;
}

function toPackage(
  dir: string,
  { name = "", exports = {}, imports = {} }: DenoJson,
): Package {
  return {
    dir,
    name,
    exports: typeof exports === "string" ? { ".": exports } : exports,
    imports,
  };
}

function checkJsx({ compilerOptions }: DenoJson, dir: string): void {
  const file = join(dir, "deno.json");
  if (compilerOptions?.jsxImportSource === undefined) {
    throw new Error(
      `Cannot build: "compilerOptions.jsxImportSource" is missing in ${file}; set it to "preact"`,
    );
  }
  if (compilerOptions.jsx !== "precompile") return;
  const skipped = compilerOptions.jsxPrecompileSkipElements ?? [];
  const missing = SKIP_ELEMENTS.filter((name) => !skipped.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `Cannot build: "compilerOptions.jsxPrecompileSkipElements" in ${file} lacks ${
        missing.map((name) => `"${name}"`).join(", ")
      }`,
    );
  }
}
