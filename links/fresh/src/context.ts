import type { FunctionComponent } from "preact";
import type { BuildCache } from "./build_cache.ts";
import { type AnyVNode, drawComponent, type PageProps, type RouteComponent } from "./components.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import type { LayoutConfig } from "./handlers.ts";
import { renderPage } from "./render.ts";
import { upgradeWebSocket, type WebSocketHandlers, type WebSocketUpgradeOptions } from "./websocket.ts";

/** The app wrapper and layouts that stand around a page at its place in the tree. */
export interface Frame {
  readonly app: RouteComponent<never, never> | null;
  readonly layouts: readonly RouteComponent<never, never>[];
}

/** What the parts of the server know of a request beyond its public context. */
export interface ContextInternals {
  readonly buildCache: BuildCache;
  /** URL path, slashes collapsed, still percent-encoded. */
  readonly pathname: string;
  frame: Frame;
}

/** Reads the internals of a context. */
export let getInternals: (ctx: Context<unknown>) => ContextInternals;

/** Chunks a streamed response may consist of. */
export type StreamSource =
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | (() => Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>);

/** All that is known of the request being answered, and the ways to answer it. */
export class Context<State> {
  static {
    getInternals = (ctx) => ctx.#internals;
  }

  #internals: ContextInternals;
  #url: URL | null = null;

  /** Configuration of the app. */
  readonly config: ResolvedFreshConfig;
  /** The request. */
  readonly req: Request;
  /** Connection information from the server. */
  readonly info: Deno.ServeHandlerInfo;
  /** Pattern of the matched route, null when none matched. */
  readonly route: string | null;
  /** Values of the pattern's parameters, decoded; `""` for an optional one that is absent. */
  readonly params: Record<string, string>;
  /** What middlewares leave for those after them. A new object for each request. */
  state: State = {} as State;
  /** What the handler returned as `data`. */
  data: unknown = undefined;
  /** What was thrown, while an error is handled. */
  error: unknown = null;
  /** Runs the next middleware or, at the end, the handler. */
  next: () => Promise<Response>;
  /** What the layout or app wrapper is to place inside itself. */
  Component: FunctionComponent = () => null;

  /** Contexts are made by the app; tests may make them with what they need. */
  constructor(
    req: Request,
    info: Deno.ServeHandlerInfo,
    config: ResolvedFreshConfig,
    route: string | null,
    params: Record<string, string>,
    internals: ContextInternals,
    next: () => Promise<Response>,
  ) {
    this.req = req;
    this.info = info;
    this.config = config;
    this.route = route;
    this.params = params;
    this.#internals = internals;
    this.next = next;
  }

  /** URL of the request. Parsed when first read. */
  get url(): URL {
    return this.#url ??= parseUrl(this.req, this.config, this.#internals.pathname);
  }

  /** Whether a partial was asked for. */
  get isPartial(): boolean {
    return this.req.url.includes("fresh-partial") && this.url.searchParams.has("fresh-partial");
  }

  /**
   * Redirects to `pathOrUrl`. Several slashes in a path become one, so that no path leads to another host.
   * @param status @default 302
   */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (pathOrUrl !== "/" && pathOrUrl.startsWith("/")) {
      const end = pathOrUrl.search(/[?#]/);
      const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
      location = path.replace(/[/\\]{2,}/g, "/") + (end === -1 ? "" : pathOrUrl.slice(end));
    }
    if (this.isPartial) {
      location += (location.includes("?") ? "&" : "?") + "fresh-partial=true";
    }
    return new Response(null, { status, headers: { location } });
  }

  /** Draws `vnode` inside the layouts and the app wrapper of the route. */
  async render(
    vnode: AnyVNode | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    const { frame } = this.#internals;
    const layouts = config.skipInheritedLayouts ? [] : frame.layouts;
    const app = config.skipAppWrapper ? null : frame.app;
    let content = vnode;
    for (let i = layouts.length - 1; i >= -1; i--) {
      const component = i === -1 ? app : layouts[i];
      if (component === null || component === undefined) continue;
      const inner = content;
      const Component = () => inner;
      this.Component = Component;
      const drawn = drawComponent(component, pageProps(this));
      const outer = drawn instanceof Promise ? await drawn : drawn;
      if (outer instanceof Response) return outer;
      content = outer;
    }
    return renderPage(this, content, init);
  }

  /** Answers with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML that is sent as it is. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    if (!headers.has("content-type")) headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Answers chunk by chunk. The source is closed when the visitor leaves. */
  stream(source: StreamSource, init?: ResponseInit): Response {
    return new Response(streamOf(typeof source === "function" ? source() : source), init);
  }

  /** Turns the request into a WebSocket. @throws {HttpError} 400 when the request asks for none */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  /** Turns the request into a WebSocket with `handlers`. */
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketHandlers | WebSocketUpgradeOptions,
    options?: WebSocketUpgradeOptions,
  ): Response | { socket: WebSocket; response: Response } {
    return upgradeWebSocket(this.req, first, options);
  }
}

/** The same as {@linkcode Context}. @deprecated Use {@linkcode Context} */
export type FreshContext<State = unknown> = Context<State>;

/** The props a page, layout or app wrapper gets. `url` stays lazy: parsing costs more than a small page's other props. */
export function pageProps(ctx: Context<unknown>): PageProps {
  return new Props(ctx) as unknown as PageProps;
}

let lazily: PropertyDescriptor;

/**
 * A context's own properties, the URL found when it is read. By a class, because getters that are written into a literal
 * are old objects from the start in V8: each would keep its request until all of them are collected.
 */
class Props {
  static {
    const get = function (this: Props) {
      return this.#ctx.url;
    };
    lazily = { get, enumerable: true, configurable: true };
  }

  readonly #ctx: Context<unknown>;
  readonly config: ResolvedFreshConfig;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: unknown;
  readonly Component: FunctionComponent;
  readonly error: unknown;
  readonly route: string | null;
  readonly data: unknown;
  readonly isPartial: boolean;

  constructor(ctx: Context<unknown>) {
    this.#ctx = ctx;
    this.config = ctx.config;
    this.req = ctx.req;
    this.params = ctx.params;
    this.info = ctx.info;
    this.state = ctx.state;
    this.Component = ctx.Component;
    this.error = ctx.error;
    this.route = ctx.route;
    this.data = ctx.data;
    this.isPartial = ctx.isPartial;
    Object.defineProperty(this, "url", lazily);
  }
}

function parseUrl(req: Request, config: ResolvedFreshConfig, pathname: string): URL {
  const url = new URL(req.url);
  if (url.pathname !== pathname) url.pathname = pathname;
  if (config.trustProxy) {
    const protocol = req.headers.get("x-forwarded-proto")?.split(",", 1)[0]?.trim();
    const host = req.headers.get("x-forwarded-host")?.split(",", 1)[0]?.trim();
    if (protocol === "http" || protocol === "https") url.protocol = protocol;
    if (host) url.host = host;
  }
  return url;
}

function streamOf(
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in chunks
    ? chunks[Symbol.asyncIterator]()
    : chunks[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}
