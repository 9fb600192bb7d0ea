import type { Context } from "../context.ts";

/** What a middleware may return: a response, or another middleware that takes its place from now on. */
export type MiddlewareResult<State> = Response | Middleware<State>;

/**
 * Runs before (and, after `await ctx.next()`, behind) the handlers of a route.
 * A middleware that returns a middleware is lazy: the returned one takes its place after the first call.
 */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response> | Middleware<State> | Promise<Middleware<State>>;

/** The same as {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** A value or a function that loads it on first use. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Loads a value on first use. */
export type Lazy<T> = () => Promise<T>;

/** A step of a compiled chain: a middleware that returns nothing but responses. */
export type Step = (ctx: Context<unknown>) => Response | Promise<Response>;

/** Thrown when something that is not a `Response` came out of a handler. */
export function assertResponse(value: unknown): asserts value is Response {
  if (value instanceof Response) return;
  throw new Error(`Expected a "Response" instance to be returned, but got: ${String(value)}`);
}

/** Runs `steps` in order, each reaching the following one by `ctx.next()`, the last one reaching `last`. */
export function runSteps(
  ctx: Context<unknown>,
  steps: readonly Step[],
  last: () => Promise<Response>,
): Promise<Response> {
  return dispatch(ctx, steps, 0, last);
}

function dispatch(
  ctx: Context<unknown>,
  steps: readonly Step[],
  index: number,
  last: () => Promise<Response>,
): Promise<Response> {
  const step = steps[index];
  if (step === undefined) return last();
  // Not assigned as it is written: V8 takes such a function for one that stays, and it would keep the request.
  const next = () => dispatch(ctx, steps, index + 1, last);
  ctx.next = next;
  try {
    const result = step(ctx);
    return result instanceof Promise ? result : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Wraps `middleware` so that a lazy one is replaced by what it returned. */
export function toStep<State>(middleware: Middleware<State>): Step {
  let current = middleware as Middleware<unknown>;
  const settle = (result: unknown, ctx: Context<unknown>): Response | Promise<Response> => {
    if (typeof result !== "function") return result as Response;
    current = result as Middleware<unknown>;
    return current(ctx) as Response | Promise<Response>;
  };
  return (ctx) => {
    const result = current(ctx);
    if (result instanceof Response) return result;
    if (result instanceof Promise) {
      return result.then((value) => value instanceof Response ? value : settle(value, ctx));
    }
    return settle(result, ctx);
  };
}
