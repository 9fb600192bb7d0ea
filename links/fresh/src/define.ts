import type { ComponentType } from "preact";
import type { AsyncRouteComponent, PageProps } from "./components.ts";
import type { RouteData, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middlewares/mod.ts";

/** Functions that return what they are given, for its types. */
export interface Define<State> {
  /** Types a route's handlers. */
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers & RouteHandler<Data, State>,
  ): Handlers;
  /** Types a page; `define.page<typeof handler>` also types its `data`. */
  page<Handler extends RouteHandler<unknown, State> = never, Data = RouteData<Handler>>(
    render: ComponentType<PageProps<Data, State>> | AsyncRouteComponent<PageProps<Data, State>>,
  ): typeof render;
  /** Types a layout or app wrapper. */
  layout(
    render: ComponentType<PageProps<unknown, State>> | AsyncRouteComponent<PageProps<unknown, State>>,
  ): typeof render;
  /** Types a middleware or a list of them. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
}

/**
 * Makes functions that give handlers, pages, layouts and middlewares the types of an app with `State`.
 *
 * @example
 * ```ts
 * export const define = createDefine<{ user?: string }>();
 * ```
 */
export function createDefine<State>(): Define<State> {
  const identity = <T>(value: T): T => value;
  return { handlers: identity, page: identity, layout: identity, middleware: identity } as Define<State>;
}
