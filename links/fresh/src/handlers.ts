import type { AnyRouteComponent, RouteComponent } from "./components.ts";
import { type Context, pageProps } from "./context.ts";
import { drawComponent } from "./components.ts";
import type { Lazy, MaybeLazy, Middleware } from "./middlewares/mod.ts";
import type { Method } from "./router.ts";

export type { Lazy, MaybeLazy, Method };

/** Data for the page's component, with headers and status of the response. */
export interface PageResponse<T> {
  /** What the component gets as `data`. */
  data: T;
  /** Headers of the response. */
  headers?: HeadersInit | undefined;
  /** Status of the response. @default 200 */
  status?: number | undefined;
}

/** Hands `data` to the page's component. */
export function page<T>(data: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T>;
/** Draws the page without data. */
export function page(
  data?: undefined,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T | undefined> {
  return { data, headers: options?.headers, status: options?.status };
}

/** Answers a request with a response, or with data for the page's component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** A handler for each method. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One handler for all methods, or one for each. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data a handler passes to its page. */
export type RouteData<Handler> = Handler extends (...args: never[]) => infer Result
  ? PageData<Awaited<Result>>
  : {
    [M in keyof Handler]-?: Handler[M] extends (...args: never[]) => infer Result ? PageData<Awaited<Result>>
      : never;
  }[
    keyof Handler
  ];
type PageData<Result> = Result extends PageResponse<infer Data> ? Data : never;

/** Which of the frames around a page are left out. */
export interface LayoutConfig {
  /** Leave out the app wrapper. @default false */
  skipAppWrapper?: boolean;
  /** Leave out the layouts of the folders above. @default false */
  skipInheritedLayouts?: boolean;
}

/** Settings of a route. */
export interface RouteConfig extends LayoutConfig {
  /** Pattern to use in place of the one the file's path implies. */
  routeOverride?: string;
  /** Methods the route answers. @default "ALL" */
  methods?: "ALL" | Method[];
}

/** A route in pieces. */
export interface Route<State> {
  /** Draws the page. */
  component?: AnyRouteComponent<State> | undefined;
  /** Answers, or hands data to the component. */
  handler?: RouteHandler<unknown, State> | undefined;
  /** Settings. */
  config?: RouteConfig;
  /** URL paths of style sheets for the page. */
  css?: string[];
}

/** Either a route or a plain middleware: what error and not-found pages may be. */
export type RouteOrMiddleware<State> = Route<State> | Middleware<State>;

/** Whether `handler` has one function for each method. */
export function isHandlerByMethod<D, S>(handler: RouteHandler<D, S>): handler is HandlerByMethod<D, S> {
  return typeof handler === "object" && handler !== null;
}

/** The function of `handler` that answers `method`. `HEAD` falls back to `GET`. */
export function pickHandler(
  handler: RouteHandler<unknown, unknown>,
  method: string,
): HandlerFn<unknown, unknown> | null {
  if (!isHandlerByMethod(handler)) return handler;
  return handler[method as Method] ?? (method === "HEAD" ? handler.GET : undefined) ?? null;
}

/** Answers the request with `route`; what it has no handler for goes on to `ctx.next()`. */
export async function renderRoute(
  ctx: Context<unknown>,
  route: Route<unknown>,
  status = 200,
): Promise<Response> {
  const init: { status: number; headers?: HeadersInit } = { status };
  if (route.handler !== undefined) {
    const { method } = ctx.req;
    const handler = pickHandler(route.handler, method);
    if (handler !== null) {
      const result = await handler(ctx);
      if (result instanceof Response) return result;
      if (route.component === undefined || typeof result !== "object" || result === null) {
        throw new Error(
          `Expected the handler of "${ctx.route ?? ctx.req.url}" to return a "Response" or page(), but got: ${
            String(result)
          }`,
        );
      }
      ctx.data = result.data;
      if (result.status !== undefined) init.status = result.status;
      if (result.headers !== undefined) init.headers = result.headers;
    } else if (route.component === undefined || (method !== "GET" && method !== "HEAD")) {
      return ctx.next();
    }
  }
  if (route.component === undefined) return ctx.next();
  const drawn = drawComponent(route.component as RouteComponent<never, never>, pageProps(ctx));
  const content = drawn instanceof Promise ? await drawn : drawn;
  if (content instanceof Response) return content;
  return ctx.render(content, init, route.config);
}
