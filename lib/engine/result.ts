/** Any generator, sync or not. */
export interface AnyGenerator {
  next(): unknown;
  return?(value: unknown): unknown;
}

/** Whether a handler's result, or a step of it, has to be waited for. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** Whether a handler's result comes piece by piece. */
export function isGenerator(value: unknown): value is AnyGenerator {
  return typeof value === "object" && value !== null && typeof (value as AnyGenerator).next === "function" &&
    (Symbol.asyncIterator in value || Symbol.iterator in value);
}
