import { type App, setBuildCache } from "../app.ts";
import type { BuildCache } from "../build_cache.ts";
import { type ListenOptions, serve } from "../listen.ts";
import { pathnameOf } from "../pathname.ts";
import type { Crawled } from "./crawl.ts";
import { LiveReload } from "./live_reload.ts";

/** The parts of a dev server. */
export interface DevServerParts {
  readonly options: ListenOptions;
  /** Folders whose changes matter. Those that do not exist are left out. */
  readonly watched: {
    readonly sources: readonly string[];
    readonly statics: readonly string[];
  };
  crawl(): Promise<Crawled>;
  load(crawled: Crawled): Promise<BuildCache>;
  app(): Promise<App<never>>;
}

type Handler = ReturnType<App<never>["handler"]>;

/** Serves an app with live reload, until the server is closed. */
export async function serveDev(parts: DevServerParts): Promise<void> {
  const { options } = parts;
  const live = new LiveReload();
  const app = await parts.app();
  const { basePath } = app.config;
  let crawled = await parts.crawl();
  let handler = await prepare(app, parts, crawled);
  const update = async (): Promise<void> => {
    const next = await parts.crawl();
    if (fileList(next) !== fileList(crawled)) {
      crawled = next;
      handler = await prepare(app, parts, crawled);
    }
    live.reload();
  };
  const watcher = watch(parts, update);
  try {
    await serve(
      (request, info) => {
        const pathname = pathnameOf(request.url).slice(basePath.length);
        return live.handle(request, pathname) ?? handler(request, info);
      },
      options,
      basePath,
    );
  } finally {
    watcher?.close();
    live.close();
  }
}

async function prepare(
  app: App<never>,
  parts: DevServerParts,
  crawled: Crawled,
): Promise<Handler> {
  setBuildCache(app, await parts.load(crawled), "development");
  return app.handler();
}

function fileList({ routes, islands }: Crawled): string {
  return [...routes.map(({ path, isLazy }) => `${path} ${isLazy}`), ...islands]
    .join("\n");
}

// Changes of code restart the process (deno run --watch). What does not: a file that comes or goes, and static files
function watch(
  { watched }: DevServerParts,
  update: () => Promise<void>,
): Deno.FsWatcher | null {
  const existing = [...watched.sources, ...watched.statics].filter((path) => {
    try {
      return Deno.statSync(path).isDirectory;
    } catch {
      return false;
    }
  });
  if (existing.length === 0) return null;
  const watcher = Deno.watchFs(existing);
  const isStatic = (path: string): boolean => watched.statics.some((dir) => path.startsWith(dir));
  let timer: ReturnType<typeof setTimeout> | undefined;
  (async () => {
    for await (const { kind, paths } of watcher) {
      const matters = kind === "create" || kind === "remove" ||
        kind === "rename" ||
        (kind === "modify" && paths.some(isStatic));
      if (!matters) continue;
      // Editors write a file in several steps
      clearTimeout(timer);
      timer = setTimeout(() => {
        update().catch((error) => {
          // deno-lint-ignore no-console -- the developer's terminal is where a broken route is reported
          console.error(error);
        });
      }, 50);
    }
    clearTimeout(timer);
  })();
  return watcher;
}
