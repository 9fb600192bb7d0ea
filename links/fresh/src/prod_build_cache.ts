import { isAbsolute, join } from "node:path";
import {
  type BuildCache,
  IslandPreparer,
  type IslandRegistry,
  type StaticBody,
  type StaticFile,
} from "./build_cache.ts";
import type { FsModule, FsRoute } from "./fs_routes.ts";
import { setBuildId } from "./runtime/build_id.ts";

/** A file on disk that is sent as it is. */
export interface SnapshotBody {
  /** Path, relative to the project's root. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** A static file and its compressed forms. */
export interface SnapshotFile extends SnapshotBody {
  readonly pathname: string;
  readonly hash: string;
  readonly contentType: string;
  readonly encodings?: Readonly<Partial<Record<"br" | "gzip", SnapshotBody>>>;
}

/** An island file and where the browser finds its exports. */
export interface SnapshotIsland {
  readonly module: FsModule;
  /** URL path of the script. */
  readonly file: string;
  readonly names: Readonly<Record<string, { name: string; exportName: string }>>;
  readonly css: readonly string[];
}

/** What a build leaves for the server: the exports of the generated `snapshot.js`. */
export interface Snapshot {
  readonly buildId: string;
  readonly runtimeFile: string;
  readonly islands: readonly SnapshotIsland[];
  readonly fsRoutes: readonly FsRoute[];
  readonly staticFiles: readonly SnapshotFile[];
}

// Files up to this size stay in memory once sent: reading one costs ten times what sending it does
const KEEP_FILE_BYTES = 512 * 1024;
const KEEP_TOTAL_BYTES = 32 * 1024 * 1024;

/** The build an app runs from in production. */
export class ProdBuildCache implements BuildCache {
  readonly root: string;
  readonly buildId: string;
  readonly runtimeFile: string;
  readonly islands: IslandRegistry = new Map();
  readonly fsRoutes: readonly FsRoute[];
  readonly #files = new Map<string, StaticFile>();
  #keptBytes = 0;

  /** `root` is the absolute path of the project. */
  constructor(root: string, snapshot: Snapshot) {
    this.root = root;
    this.buildId = snapshot.buildId;
    this.runtimeFile = snapshot.runtimeFile;
    this.fsRoutes = snapshot.fsRoutes;
    setBuildId(snapshot.buildId);
    const preparer = new IslandPreparer();
    for (const { module, file, names, css } of snapshot.islands) {
      preparer.prepare(this.islands, module, file, names, css);
    }
    for (const file of snapshot.staticFiles) this.#files.set(file.pathname, this.#toStaticFile(file));
  }

  readFile(pathname: string): StaticFile | null {
    return this.#files.get(pathname) ?? null;
  }

  #toStaticFile({ hash, contentType, encodings, ...body }: SnapshotFile): StaticFile {
    const { br, gzip } = encodings ?? {};
    const forms = { ...(br && { br: this.#toBody(br) }), ...(gzip && { gzip: this.#toBody(gzip) }) };
    return { hash, contentType, ...this.#toBody(body), ...(br || gzip ? { encodings: forms } : {}) };
  }

  #toBody({ file, sizeBytes }: SnapshotBody): StaticBody {
    const path = isAbsolute(file) ? file : join(this.root, file);
    let kept: Uint8Array<ArrayBuffer> | null = null;
    const read = async (): Promise<BodyInit> => {
      if (kept !== null) return kept;
      if (sizeBytes > KEEP_FILE_BYTES || this.#keptBytes + sizeBytes > KEEP_TOTAL_BYTES) {
        return (await Deno.open(path)).readable;
      }
      const bytes = await Deno.readFile(path);
      if (kept === null) {
        kept = bytes;
        this.#keptBytes += sizeBytes;
      }
      return bytes;
    };
    return { sizeBytes, read };
  }
}
