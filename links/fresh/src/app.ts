import { type BuildCache, emptyBuildCache } from "./build_cache.ts";
import { applyCommands, type Command, methodNotAllowed, mounted, throwNotFound } from "./commands.ts";
import type { RouteComponent } from "./components.ts";
import { type FreshConfig, resolveConfig, type ResolvedFreshConfig } from "./config.ts";
import { Context, getInternals } from "./context.ts";
import { HttpError, statusText } from "./error.ts";
import { errorPage } from "./error_page.ts";
import { fsCommands } from "./fs_routes.ts";
import type { LayoutConfig, MaybeLazy, Route, RouteConfig, RouteOrMiddleware } from "./handlers.ts";
import { type ListenOptions, serve } from "./listen.ts";
import { assertResponse, type Middleware, runSteps, type Step } from "./middlewares/mod.ts";
import { pathnameOf } from "./pathname.ts";
import { type Method, Router } from "./router.ts";
import { reportError } from "./segments.ts";
import type { WebSocketHandlers, WebSocketUpgradeOptions } from "./websocket.ts";

/** Connects `app` with its build. Called by generated code and by the dev server. */
export let setBuildCache: (app: App<never>, cache: BuildCache, mode: ResolvedFreshConfig["mode"]) => void;

const NO_INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};
const FRAMELESS = { app: null, layouts: [] };

/**
 * An application: middlewares and routes in the order they are added.
 *
 * @example
 * ```ts
 * const app = new App()
 *   .use(staticFiles())
 *   .get("/api/time", (ctx) => ctx.json(Date.now()))
 *   .fsRoutes();
 * ```
 */
export class App<State> {
  static {
    setBuildCache = (app, cache, mode) => {
      app.#cache = cache;
      app.config = { ...app.config, root: cache.root, mode };
    };
  }

  readonly #commands: Command[] = [];
  #cache: BuildCache = emptyBuildCache();

  /** The configuration the app runs with. */
  config: ResolvedFreshConfig;

  /** Makes an app without routes. */
  constructor(config: FreshConfig = {}) {
    this.config = resolveConfig(config);
  }

  /** Adds middlewares for all routes. */
  use(...middlewares: Middleware<State>[]): this;
  /** Adds middlewares for `path` and all below it. */
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const [path, fns] = typeof first === "string" ? [first, rest] : ["/", [first, ...rest]];
    return this.#add({ type: "middleware", path, fns: fns as Middleware<unknown>[] });
  }

  /** Answers `GET` (and `HEAD`) at `path`. */
  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("GET", path, middlewares);
  }

  /** Answers `POST` at `path`. */
  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("POST", path, middlewares);
  }

  /** Answers `PUT` at `path`. */
  put(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("PUT", path, middlewares);
  }

  /** Answers `PATCH` at `path`. */
  patch(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("PATCH", path, middlewares);
  }

  /** Answers `DELETE` at `path`. */
  delete(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("DELETE", path, middlewares);
  }

  /** Answers `HEAD` at `path`. */
  head(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("HEAD", path, middlewares);
  }

  /** Answers every method at `path`. */
  all(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("ALL", path, middlewares);
  }

  /** Answers WebSocket upgrades at `path`. */
  ws(path: string, handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): this {
    return this.get(path, (ctx) => ctx.upgrade(handlers, options));
  }

  /** Adds a page. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    return this.#add({ type: "route", path, route: route as MaybeLazy<Route<unknown>>, config });
  }

  /** Stands around all pages at `path` and below. */
  layout(path: string, component: RouteComponent<unknown, State>, config: LayoutConfig = {}): this {
    return this.#add({ type: "layout", path, component: component as RouteComponent<never, never>, config });
  }

  /** Stands around all pages: the document itself. */
  appWrapper(component: RouteComponent<unknown, State>): this {
    return this.#add({ type: "app", component: component as RouteComponent<never, never> });
  }

  /** Answers what no route matched. */
  notFound(route: RouteOrMiddleware<State>): this {
    return this.#add({ type: "notFound", route: route as RouteOrMiddleware<unknown> });
  }

  /** Answers what failed at `path` or below. */
  onError(path: string, route: RouteOrMiddleware<State>): this;
  /** Answers what failed anywhere. */
  onError(route: RouteOrMiddleware<State>): this;
  onError(first: string | RouteOrMiddleware<State>, second?: RouteOrMiddleware<State>): this {
    const [path, route] = typeof first === "string" ? [first, second] : ["*", first];
    return this.#add({ type: "error", path, route: route as RouteOrMiddleware<unknown> });
  }

  /** Adds the routes found in the file system, below `pattern`. */
  fsRoutes(pattern = "*"): this {
    return this.#add({ type: "fsRoutes", pattern, load: () => fsCommands(this.#cache.fsRoutes) });
  }

  /** Adds all of `app` below `path`. */
  mountApp(path: string, app: App<State>): this {
    for (const command of app.#commands) this.#add(mounted(command, path));
    return this;
  }

  /** The function that answers requests. What is added to the app afterwards is not in it. */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const router = new Router<Step[]>();
    const fallback = applyCommands(router, this.#commands, this.config.basePath);
    const { config } = this;
    const buildCache = this.#cache;
    return (req, info = NO_INFO) => {
      const { method } = req;
      const pathname = pathnameOf(req.url);
      let found: ReturnType<typeof router.match>;
      try {
        found = router.match(method, pathname);
      } catch (error) {
        return Promise.reject(error);
      }
      let steps = found?.item ?? null;
      let last = throwNotFound;
      if (steps === null) {
        steps = fallback;
        if (found !== null) last = methodNotAllowed(method, router.allowed(found.pattern));
      }
      const internals = { buildCache, pathname, frame: FRAMELESS };
      const ctx = new Context<unknown>(
        req,
        info,
        config,
        found?.pattern ?? null,
        found?.params ?? {},
        internals,
        last,
      );
      return runSteps(ctx, steps, last).then(
        (response) => finish(ctx, response),
        (error) => failed(ctx, error),
      );
    };
  }

  /** Serves the app. Without a port the first free one from 8000 to 8019 is taken. */
  async listen(options: ListenOptions = {}): Promise<void> {
    await serve(this.handler(), options, this.config.basePath);
  }

  #handler(method: Method | "ALL", path: string, fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#add({ type: "handler", method, path, fns: fns as unknown as Middleware<unknown>[] });
  }

  #add(command: Command): this {
    this.#commands.push(command);
    return this;
  }
}

function finish(ctx: Context<unknown>, response: unknown): Response {
  try {
    assertResponse(response);
  } catch (error) {
    return failed(ctx, error);
  }
  return ctx.req.method === "HEAD" ? new Response(null, response) : response;
}

function failed(ctx: Context<unknown>, error: unknown): Response {
  if (!(error instanceof HttpError)) {
    reportError(error);
    if (ctx.config.mode === "development") return errorPage(error, getInternals(ctx).buildCache.devScript);
    return new Response("Internal server error", { status: 500 });
  }
  return new Response(error.message || statusText(error.status), { status: error.status });
}
