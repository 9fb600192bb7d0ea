import type { ComponentType, FunctionComponent, RenderableProps, VNode } from "preact";
import { h } from "preact";
import { jsx } from "preact/jsx-runtime";
import type { ResolvedFreshConfig } from "./config.ts";

/** A component of any props. */
// deno-lint-ignore no-explicit-any -- props are invariant, so nothing but any admits every component
export type AnyComponent = ComponentType<any>;

/** A vnode of any props. */
// deno-lint-ignore no-explicit-any -- see AnyComponent
export type AnyVNode = VNode<any>;

/** What pages, layouts and the app wrapper receive. */
export interface PageProps<Data = unknown, T = unknown> {
  /** Configuration of the app. */
  readonly config: ResolvedFreshConfig;
  /** URL of the request. */
  readonly url: URL;
  /** The request. */
  readonly req: Request;
  /** Values of the pattern's parameters, decoded; `""` for an optional one that is absent. */
  readonly params: Record<string, string>;
  /** Connection information from the server. */
  readonly info: Deno.ServeHandlerInfo;
  /** What the middlewares left for this request. */
  readonly state: T;
  /** Whether a partial was asked for. */
  readonly isPartial: boolean;
  /** What the layout or app wrapper is to place inside itself. */
  readonly Component: FunctionComponent;
  /** What was thrown, on error pages. */
  readonly error: unknown;
  /** Pattern of the route, null when none matched. */
  readonly route: string | null;
  /** What the handler returned as `data`. */
  readonly data: Data;
}

/** A component that waits. It may answer with a `Response` instead of a page. */
// Parameters exactly as those of a FunctionComponent: only then TypeScript infers them for functions written in place
export type AsyncRouteComponent<P> = (
  props: RenderableProps<P>,
  // deno-lint-ignore no-explicit-any -- as in FunctionComponent
  context?: any,
) => Promise<AnyVNode | Response | null>;

/** The component of a page, layout or app wrapper. */
export type RouteComponent<Data = unknown, State = unknown> =
  | ComponentType<PageProps<Data, State>>
  | AsyncRouteComponent<PageProps<Data, State>>;

/** {@linkcode RouteComponent} for data of any type. */
// deno-lint-ignore no-explicit-any -- data is invariant, so nothing but any admits every page
export type AnyRouteComponent<State = unknown> = RouteComponent<any, State>;

function isAsync<P>(component: unknown): component is AsyncRouteComponent<P> {
  return typeof component === "function" && component.constructor.name === "AsyncFunction";
}

/** Draws `component`; an async one is awaited here since rendering to a string does not wait. */
export function drawComponent(
  component: RouteComponent<never, never>,
  props: PageProps,
): VNode | Response | null | Promise<VNode | Response | null> {
  if (isAsync<PageProps>(component)) return component(props);
  const type = component as ComponentType<PageProps>;
  // jsx() takes the props as they are, where h() copies them and with that would read the lazy `url`
  return (type as { defaultProps?: unknown }).defaultProps === undefined
    ? jsx(type as AnyComponent, props as unknown as Record<string, unknown>) as VNode
    : h(type as AnyComponent, props);
}
