import type { AnyComponent } from "./components.ts";
import type { FsRoute } from "./fs_routes.ts";

/** A component that is revived in the browser. */
export interface Island {
  /** Name in markers and in the boot script, unique within the app. */
  readonly name: string;
  /** URL path of the script that holds it, without base path. */
  readonly file: string;
  /** Its name among the exports of `file`. */
  readonly exportName: string;
  /** The function itself, by whose identity it is recognised. */
  readonly fn: AnyComponent;
  /** URL paths of style sheets it needs. */
  readonly css: readonly string[];
}

/** Islands by their component function. */
export type IslandRegistry = Map<AnyComponent, Island>;

/** One way the bytes of a static file can be sent. */
export interface StaticBody {
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** The bytes, or a stream of them. */
  read(): Promise<BodyInit>;
}

/** A file that is served as it is. */
export interface StaticFile extends StaticBody {
  /** Hash of the contents, hexadecimal. */
  readonly hash: string;
  /** Value of the `Content-Type` header. */
  readonly contentType: string;
  /** Compressed forms, made at build time. */
  readonly encodings?: Readonly<Partial<Record<"br" | "gzip", StaticBody>>>;
}

/** Everything an app takes from its build. */
export interface BuildCache {
  /** Project root. */
  readonly root: string;
  /** Hash of all built and static files. */
  readonly buildId: string;
  /** URL path of the script that exports `boot`. */
  readonly runtimeFile: string;
  readonly islands: IslandRegistry;
  /** Script every page loads while developing. */
  readonly devScript?: string;
  /** The routes found in the file system, in order of precedence. */
  readonly fsRoutes: readonly FsRoute[];
  /** The static file at a decoded URL path, or null. */
  readFile(pathname: string): StaticFile | null | Promise<StaticFile | null>;
}

/** The cache of an app that was not built: no islands, no files. */
export function emptyBuildCache(): BuildCache {
  return { root: "", buildId: "", runtimeFile: "", islands: new Map(), fsRoutes: [], readFile: () => null };
}

/** Adds the islands among the exports of a module to a registry. */
export class IslandPreparer {
  /** `names` maps the module's export names to island name and script export. */
  prepare(
    registry: IslandRegistry,
    module: Readonly<Record<string, unknown>>,
    file: string,
    names: Readonly<Record<string, { name: string; exportName: string }>>,
    css: readonly string[] = [],
  ): void {
    for (const [key, value] of Object.entries(module)) {
      const found = names[key];
      if (typeof value !== "function" || found === undefined) continue;
      const fn = value as AnyComponent;
      registry.set(fn, { name: found.name, exportName: found.exportName, file, fn, css });
    }
  }
}
