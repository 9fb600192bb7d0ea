import type { RouteComponent } from "./components.ts";
import { HttpError } from "./error.ts";
import {
  isHandlerByMethod,
  type LayoutConfig,
  type MaybeLazy,
  renderRoute,
  type Route,
  type RouteConfig,
  type RouteOrMiddleware,
} from "./handlers.ts";
import { type Middleware, type Step, toStep } from "./middlewares/mod.ts";
import type { Method, Router } from "./router.ts";
import { getOrCreateSegment, newSegment, type Segment, segmentOfRoute, segmentSteps } from "./segments.ts";

/** One call on an app. They are kept in order and turned into routes when the app starts to serve. */
export type Command =
  | { type: "middleware"; path: string; fns: Middleware<unknown>[] }
  | { type: "layout"; path: string; component: RouteComponent<never, never>; config: LayoutConfig }
  | { type: "app"; component: RouteComponent<never, never> }
  | { type: "error"; path: string; route: RouteOrMiddleware<unknown> }
  | { type: "notFound"; route: RouteOrMiddleware<unknown> }
  | { type: "handler"; path: string; method: Method | "ALL"; fns: Middleware<unknown>[] }
  /** `segment` is the folder of a file-system route, whose groups are not part of its pattern. */
  | {
    type: "route";
    path: string;
    segment?: string;
    route: MaybeLazy<Route<unknown>>;
    config?: RouteConfig | undefined;
  }
  | { type: "fsRoutes"; pattern: string; load: () => Command[] };

/** The tree `commands` make of `router`, for requests that match no route. */
export function applyCommands(
  router: Router<Step[]>,
  commands: readonly Command[],
  basePath: string,
): Step[] {
  const root = newSegment(null);
  for (const command of commands) apply(root, router, command, basePath);
  return segmentSteps(root);
}

function apply(root: Segment, router: Router<Step[]>, command: Command, basePath: string): void {
  switch (command.type) {
    case "middleware":
      getOrCreateSegment(root, command.path).middlewares.push(...command.fns.map(toStep));
      return;
    case "layout":
      getOrCreateSegment(root, command.path).layout = {
        component: command.component,
        config: command.config,
      };
      return;
    case "app":
      root.app = command.component;
      return;
    case "error":
      getOrCreateSegment(root, command.path).errorRoute = command.route;
      return;
    case "notFound":
      root.notFound = command.route;
      return;
    case "handler": {
      const steps = [...segmentSteps(segmentOfRoute(root, command.path)), ...command.fns.map(toStep)];
      router.add(command.method, joinPath(basePath, command.path), steps);
      return;
    }
    case "route":
      addRoute(root, router, command, basePath);
      return;
    case "fsRoutes":
      for (const inner of command.load()) apply(root, router, prefix(inner, command.pattern), basePath);
      return;
    default:
      command satisfies never;
  }
}

function addRoute(
  root: Segment,
  router: Router<Step[]>,
  { path, segment, route, config }: Extract<Command, { type: "route" }>,
  basePath: string,
): void {
  const place = segment === undefined ? segmentOfRoute(root, path) : getOrCreateSegment(root, segment);
  const steps = [...segmentSteps(place), routeStep(route, config)];
  const pattern = joinPath(basePath, config?.routeOverride ?? path);
  for (const method of methodsOf(route, config, segment !== undefined)) router.add(method, pattern, steps);
}

function methodsOf(
  route: MaybeLazy<Route<unknown>>,
  config: RouteConfig | undefined,
  isFile: boolean,
): (Method | "ALL")[] {
  if (Array.isArray(config?.methods)) return config.methods;
  // A file's methods are only known once it is loaded, so it takes all and passes on what it does not answer
  if (isFile || typeof route === "function") return ["ALL"];
  const { handler, component } = route;
  if (handler === undefined || !isHandlerByMethod(handler)) return ["ALL"];
  const methods = Object.keys(handler) as Method[];
  if (component !== undefined && !methods.includes("GET")) methods.push("GET");
  return methods;
}

function routeStep(route: MaybeLazy<Route<unknown>>, config: RouteConfig | undefined): Step {
  const configured = (loaded: Route<unknown>): Route<unknown> =>
    config === undefined ? loaded : { ...loaded, config: { ...loaded.config, ...config } };
  if (typeof route !== "function") {
    const ready = configured(route);
    return (ctx) => renderRoute(ctx, ready);
  }
  let ready: Route<unknown> | null = null;
  return (ctx) => {
    if (ready !== null) return renderRoute(ctx, ready);
    return route().then((loaded) => renderRoute(ctx, ready = configured(loaded)));
  };
}

/** `path` below `base`, with one slash between them. */
export function joinPath(base: string, path: string): string {
  if (path === "*" || path === "/*") path = "/*";
  const joined = `${base}/${path}`.replace(/\/{2,}/g, "/");
  return joined.length > 1 && joined.endsWith("/") ? joined.slice(0, -1) : joined;
}

/** `command` for an app that is mounted at `base`. The app wrapper and the not-found page stay global. */
export function mounted(command: Command, base: string): Command {
  switch (command.type) {
    case "app":
    case "notFound":
      return command;
    case "fsRoutes":
      return { ...command, pattern: joinPath(base, command.pattern === "*" ? "/" : command.pattern) };
    default:
      return { ...command, path: joinPath(base, command.path) };
  }
}

// fsRoutes("/shop") moves the routes only: their layouts and middlewares stay where the folders are
function prefix(command: Command, pattern: string): Command {
  if (command.type !== "route" || pattern === "*" || pattern === "/") return command;
  return {
    ...command,
    path: joinPath(pattern, command.path),
    config: command.config?.routeOverride === undefined
      ? command.config
      : { ...command.config, routeOverride: joinPath(pattern, command.config.routeOverride) },
  };
}

/** The end of the chain when no route matches. */
export function throwNotFound(): Promise<Response> {
  return Promise.reject(new HttpError(404));
}

/** The end of the chain when a route matches but not for the method. */
export function methodNotAllowed(method: string, allowed: readonly string[]): () => Promise<Response> {
  return () => {
    if (method !== "OPTIONS") return Promise.reject(new HttpError(405));
    return Promise.resolve(new Response(null, { status: 204, headers: { allow: allowed.join(", ") } }));
  };
}
