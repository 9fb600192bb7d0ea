/**
 * The server's half: an app, its routes and middlewares.
 * @module
 */
export { App } from "./app.ts";
export type { Island } from "./build_cache.ts";
export type { AsyncRouteComponent, PageProps, RouteComponent } from "./components.ts";
export type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
export { Context, type FreshContext } from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export { HttpError } from "./error.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type LayoutConfig,
  type Lazy,
  type MaybeLazy,
  type Method,
  page,
  type PageResponse,
  type Route,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export type { ListenOptions } from "./listen.ts";
export { cors, type CORSOptions } from "./middlewares/cors.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
export { ipFilter, type IpFilterOptions, type IpFilterRules } from "./middlewares/ip_filter.ts";
export type { Middleware, MiddlewareFn } from "./middlewares/mod.ts";
export { staticFiles } from "./middlewares/static_files.ts";
export { trailingSlashes } from "./middlewares/trailing_slashes.ts";
export type { WebSocketHandlers, WebSocketUpgradeOptions } from "./websocket.ts";
