import type { Command } from "./commands.ts";
import type { AnyRouteComponent, RouteComponent } from "./components.ts";
import type { LayoutConfig, Route, RouteConfig, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middlewares/mod.ts";

/** What a file of the routes folder is. */
export type FsRouteType = "app" | "layout" | "middleware" | "error" | "notFound" | "route";

/** What a file of the routes folder exports. */
export type FsModule = Readonly<Record<string, unknown>>;

/** One file of the routes folder. */
export interface FsRoute {
  /** Path of the file within the routes folder, with `/`. */
  readonly file: string;
  readonly type: FsRouteType;
  /** Folder of the file as a path of patterns, groups included: `/(shop)/:id`. */
  readonly segment: string;
  /** Pattern a route answers: `/:id/edit`. */
  readonly pattern: string;
  /** Its exports, or a function that loads them on first use. */
  readonly module: FsModule | (() => Promise<FsModule>);
}

const ORDER: readonly FsRouteType[] = ["app", "middleware", "layout", "error", "notFound", "route"];

/** What the files of a routes folder do to an app. */
export function fsCommands(routes: readonly FsRoute[]): Command[] {
  const commands: Command[] = [];
  // Frames and guards first: a route takes those known when it is added
  for (const type of ORDER) {
    for (const route of routes) if (route.type === type) commands.push(...commandOf(route));
  }
  return commands;
}

function commandOf(item: FsRoute): Command[] {
  const { type, segment, module, file } = item;
  if (type === "route") return [routeCommand(item)];
  if (typeof module === "function") {
    throw new Error(`Cannot use "${file}" lazily: only routes may be loaded on first use`);
  }
  switch (type) {
    case "middleware": {
      const found = module.default ?? module.handler ?? module.handlers;
      const fns = (Array.isArray(found) ? found : [found]) as Middleware<unknown>[];
      if (!fns.every((fn) => typeof fn === "function")) {
        throw new Error(missing(file, "export default define.middleware((ctx) => ctx.next());"));
      }
      return [{ type: "middleware", path: segment, fns }];
    }
    case "app":
      return [{ type: "app", component: componentOf(item, module) }];
    case "layout": {
      const config = (module.config ?? {}) as LayoutConfig;
      return [{ type: "layout", path: segment, component: componentOf(item, module), config }];
    }
    case "error":
      return [{ type: "error", path: segment, route: routeOf(file, module) }];
    case "notFound":
      return [{ type: "notFound", route: routeOf(file, module) }];
  }
}

function routeCommand({ file, module, segment, pattern }: FsRoute): Command {
  if (typeof module === "function") {
    const load = async () => routeOf(file, await module());
    return { type: "route", path: pattern, segment, route: load };
  }
  return {
    type: "route",
    path: pattern,
    segment,
    route: routeOf(file, module),
    config: module.config as RouteConfig,
  };
}

function componentOf({ file }: FsRoute, module: FsModule): RouteComponent<never, never> {
  if (typeof module.default !== "function") {
    throw new Error(missing(file, "export default define.page(({ Component }) => <Component />);"));
  }
  return module.default as RouteComponent<never, never>;
}

function routeOf(file: string, module: FsModule): Route<unknown> {
  const component = module.default as AnyRouteComponent | undefined;
  const handler = (module.handler ?? module.handlers) as RouteHandler<unknown, unknown> | undefined;
  if (typeof component !== "function" && handler === undefined) {
    throw new Error(
      missing(file, 'export const handler = define.handlers({ GET: () => new Response("Hello") });'),
    );
  }
  return { component, handler, config: module.config as RouteConfig, css: module.css as string[] };
}

function missing(file: string, example: string): string {
  return `Could not find relevant exports in: ${file}\n\nIt needs a default export or a handler, such as:\n\n  ${example}\n`;
}

const SPECIAL: Readonly<Record<string, FsRouteType>> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

/** What the file at `path` (with `/`, within the routes folder) is, or null for a file that is no route. */
export function describeRoute(path: string): Omit<FsRoute, "module"> | null {
  const folders = path.replace(/\.[jt]sx?$/, "").split("/");
  const name = folders.pop() ?? "";
  const segment = "/" + folders.map(segmentPattern).join("/");
  const type = SPECIAL[name];
  if (type !== undefined) return { file: path, type, segment, pattern: segment };
  if (name.startsWith("_")) return null;
  const visible = [...folders, ...(name === "index" ? [] : [name])].filter((part) => !isGroup(part));
  return { file: path, type: "route", segment, pattern: "/" + visible.map(segmentPattern).join("/") };
}

/** Whether a folder's name is in brackets, so that it is no part of the URL. */
export function isGroup(name: string): boolean {
  return name.startsWith("(") && name.endsWith(")");
}

function segmentPattern(name: string): string {
  const optional = /^\[\[([^\]]+)\]\]$/.exec(name);
  if (optional !== null) return `:${optional[1]}?`;
  const rest = /^\[\.\.\.([^\]]+)\]$/.exec(name);
  if (rest !== null) return `:${rest[1]}*`;
  return name.replace(/\[([^\]]+)\]/g, ":$1");
}

/** Order of precedence: fixed names before parameters before rests, part by part. */
export function compareRoutes(a: { pattern: string }, b: { pattern: string }): number {
  const as = a.pattern.split("/");
  const bs = b.pattern.split("/");
  for (let i = 0; i < Math.max(as.length, bs.length); i++) {
    const difference = rank(as[i]) - rank(bs[i]);
    if (difference !== 0) return difference;
    if (as[i] !== bs[i]) return (as[i] ?? "") < (bs[i] ?? "") ? -1 : 1;
  }
  return 0;
}

function rank(part: string | undefined): number {
  if (part === undefined) return 0;
  if (!part.includes(":")) return 1;
  if (part.endsWith("*")) return 5;
  if (part.endsWith("?")) return 4;
  return part.startsWith(":") ? 3 : 2;
}
