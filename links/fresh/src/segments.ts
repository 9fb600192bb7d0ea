import type { RouteComponent } from "./components.ts";
import { type Context, type Frame, getInternals } from "./context.ts";
import { HttpError } from "./error.ts";
import { type LayoutConfig, renderRoute, type Route, type RouteOrMiddleware } from "./handlers.ts";
import { assertResponse, type Middleware, type Step, toStep } from "./middlewares/mod.ts";

/** A folder of the tree of paths, with what applies to all below it. */
export interface Segment {
  readonly parent: Segment | null;
  readonly children: Map<string, Segment>;
  readonly middlewares: Step[];
  layout: { component: RouteComponent<never, never>; config: LayoutConfig } | null;
  app: RouteComponent<never, never> | null;
  errorRoute: RouteOrMiddleware<unknown> | null;
  notFound: RouteOrMiddleware<unknown> | null;
}

/** A segment with nothing in it. */
export function newSegment(parent: Segment | null): Segment {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: null,
    app: null,
    errorRoute: null,
    notFound: null,
  };
}

function parts(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== "*");
}

/** The segment at `path`, made if there is none. */
export function getOrCreateSegment(root: Segment, path: string): Segment {
  let current = root;
  for (const part of parts(path)) {
    let child = current.children.get(part);
    if (child === undefined) current.children.set(part, child = newSegment(current));
    current = child;
  }
  return current;
}

/** The segment a route at `path` belongs to: its folder, or its own if something was registered for exactly that path. */
export function segmentOfRoute(root: Segment, path: string): Segment {
  const names = parts(path);
  const last = names.pop();
  const folder = getOrCreateSegment(root, names.join("/"));
  return (last === undefined ? undefined : folder.children.get(last)) ?? folder;
}

/**
 * The steps a request to a route in `segment` goes through. Layouts and error pages are those known now: a route
 * registered before them does not get them. Only the not-found page of the root is looked up when it is needed.
 */
export function segmentSteps(segment: Segment): Step[] {
  const chain: Segment[] = [];
  let root = segment;
  for (let current: Segment | null = segment; current !== null; current = current.parent) {
    chain.unshift(current);
    root = current;
  }
  const steps: Step[] = [];
  let frame: Frame = { app: null, layouts: [] };
  let errorRoutes: RouteOrMiddleware<unknown>[] = [];
  for (const [index, current] of chain.entries()) {
    frame = extendFrame(frame, current);
    if (current.errorRoute !== null) errorRoutes.unshift(current.errorRoute);
    // Neighbouring guards with no middleware between them would do the same work twice
    if (current.middlewares.length === 0 && index < chain.length - 1) continue;
    steps.push(guard(root, frame, errorRoutes), ...current.middlewares);
    errorRoutes = [];
  }
  return steps;
}

function extendFrame(frame: Frame, segment: Segment): Frame {
  if (segment.app === null && segment.layout === null) return frame;
  const skip = segment.layout?.config ?? {};
  return {
    app: skip.skipAppWrapper ? null : segment.app ?? frame.app,
    layouts: segment.layout === null
      ? frame.layouts
      : [...(skip.skipInheritedLayouts ? [] : frame.layouts), segment.layout.component],
  };
}

/** Sets what stands around the pages of a segment and turns what is thrown below into its error page. */
function guard(root: Segment, frame: Frame, errorRoutes: readonly RouteOrMiddleware<unknown>[]): Step {
  return (ctx) => {
    const internals = getInternals(ctx);
    internals.frame = frame;
    return ctx.next().catch(async (error: unknown) => {
      internals.frame = frame;
      ctx.error = error;
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 404 && root.notFound !== null) return await renderFallback(ctx, root.notFound, 200);
      let failure = error;
      for (const route of errorRoutes) {
        try {
          if (status >= 500) reportError(failure);
          return await renderFallback(ctx, route, status);
        } catch (next) {
          ctx.error = failure = next;
        }
      }
      throw failure;
    });
  };
}

const reported = new WeakSet<object>();

/** Writes an error to the console, once. */
export function reportError(error: unknown): void {
  if (typeof error === "object" && error !== null) {
    if (reported.has(error)) return;
    reported.add(error);
  }
  // deno-lint-ignore no-console
  console.error(error);
}

async function renderFallback(
  ctx: Context<unknown>,
  route: RouteOrMiddleware<unknown>,
  status: number,
): Promise<Response> {
  if (typeof route !== "function") return await renderRoute(ctx, route as Route<unknown>, status);
  const response = await toStep(route as Middleware<unknown>)(ctx);
  assertResponse(response);
  return response;
}
