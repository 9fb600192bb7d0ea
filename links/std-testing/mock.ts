/**
 * Functions that remember how they were called, and stand-ins for methods. One file, as upstream's export path is one.
 * @module
 */
import { AssertionError, deepStrictEqual } from "node:assert/strict";

/** Thrown when a mock is used wrongly. */
export class MockError extends Error {
  /** `message` says what is wrong. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call of a spy. */
export interface SpyCall<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  /** Arguments. */
  args: Args;
  /** What it returned, unless it threw. */
  returned?: Return;
  /** What it threw. */
  error?: Error;
  /** What it was called on. */
  self?: Self;
}

/** A function that remembers its calls. */
export interface Spy<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  (this: Self, ...args: Args): Return;
  /** What it calls. */
  original: (this: Self, ...args: Args) => Return;
  /** Calls in order. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the method it took the place of is back. */
  restored: boolean;
  /** Puts the method it took the place of back. */
  restore(): void;
}

/** A spy in the place of a method. */
export interface MethodSpy<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> extends Spy<Self, Args, Return>, Disposable {}

/** A method with another body. */
export interface Stub<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> extends MethodSpy<Self, Args, Return> {
  /** The body in its place. */
  fake: (this: Self, ...args: Args) => Return;
}

type ArgsOf<Self, Prop extends keyof Self> = Self[Prop] extends (...args: infer Args) => unknown ? Args
  : never;
type ReturnOf<Self, Prop extends keyof Self> = Self[Prop] extends (...args: never[]) => infer Return ? Return
  : never;

function makeSpy<Self, Args extends unknown[], Return>(
  original: (this: Self, ...args: Args) => Return,
  body: (this: Self, ...args: Args) => Return,
  restore: () => void,
): Stub<Self, Args, Return> {
  const calls: SpyCall<Self, Args, Return>[] = [];
  const fn = function (this: Self, ...args: Args): Return {
    const call: SpyCall<Self, Args, Return> = { args };
    if (this !== undefined) call.self = this;
    calls.push(call);
    try {
      return call.returned = body.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    }
  };
  return Object.assign(fn, {
    original,
    fake: body,
    calls,
    restored: false,
    restore(this: { restored: boolean }) {
      restore();
      this.restored = true;
    },
    [Symbol.dispose](this: { restored: boolean; restore(): void }) {
      if (!this.restored) this.restore();
    },
  });
}

function replaceMethod<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  body: ((...args: never[]) => unknown) | null,
): Stub<Self, ArgsOf<Self, Prop>, ReturnOf<Self, Prop>> {
  type Fn = (this: Self, ...args: ArgsOf<Self, Prop>) => ReturnOf<Self, Prop>;
  const original = self[property] as unknown as Fn & { calls?: unknown };
  if (typeof original !== "function") {
    throw new MockError(
      `Cannot spy: property "${String(property)}" is not an instance method`,
    );
  }
  if (Array.isArray(original.calls)) {
    throw new MockError("Cannot spy: already spying on instance method");
  }
  const own = Object.getOwnPropertyDescriptor(self, property);
  if (own !== undefined && !own.configurable) {
    throw new MockError("Cannot spy: non-configurable instance method");
  }
  let isRestored = false;
  const spy = makeSpy<Self, ArgsOf<Self, Prop>, ReturnOf<Self, Prop>>(
    original,
    (body ?? original) as Fn,
    () => {
      if (isRestored) {
        throw new MockError(
          `Cannot restore: "${String(property)}" was restored before`,
        );
      }
      isRestored = true;
      if (own === undefined) delete self[property];
      else Object.defineProperty(self, property, own);
    },
  );
  Object.defineProperty(self, property, {
    value: spy,
    configurable: true,
    enumerable: own?.enumerable ?? true,
    writable: true,
  });
  return spy;
}

/** A function that does nothing but remember its calls. */
export function spy<Self = unknown, Args extends unknown[] = unknown[]>(): Spy<
  Self,
  Args,
  undefined
>;
/** Remembers the calls of `fn`. */
export function spy<Self, Args extends unknown[], Return>(
  fn: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** Remembers the calls of a method. */
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, ArgsOf<Self, Prop>, ReturnOf<Self, Prop>>;
export function spy(first?: unknown, property?: never): unknown {
  if (property !== undefined) {
    return replaceMethod(first as object, property, null);
  }
  const fn = (first ?? (() => undefined)) as () => unknown;
  return makeSpy(fn, fn, () => {
    throw new MockError("Cannot restore: function cannot be restored");
  });
}

/** Gives a method another body; without one it returns undefined. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  body?: (this: Self, ...args: ArgsOf<Self, Prop>) => ReturnOf<Self, Prop>,
): Stub<Self, ArgsOf<Self, Prop>, ReturnOf<Self, Prop>> {
  return replaceMethod(
    self,
    property,
    (body ?? (() => undefined)) as (...args: never[]) => unknown,
  );
}

/** What a call is expected to be. Keys left out are not looked at. */
export interface ExpectedSpyCall<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  /** Arguments. */
  args?: [...Args, ...unknown[]];
  /** What it was called on. */
  self?: Self;
  /** What it returned, or what its promise held. */
  returned?: Return;
  /** What it threw. */
  error?: {
    /** Class of the error. */
    // deno-lint-ignore no-explicit-any -- a class of any constructor
    Class?: new (...args: any[]) => Error;
    /** Part of the message. */
    msgIncludes?: string;
  };
}

type AnySpy<Self, Args extends unknown[], Return> = Spy<Self, Args, Return>;

/** Throws unless `spy` was called `expectedCalls` times. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: AnySpy<Self, Args, Return>,
  expectedCalls: number,
): void {
  if (spy.calls.length === expectedCalls) return;
  const error = spy.calls.find((call) => call.error !== undefined)?.error;
  throw new AssertionError({
    message: `Expected number of calls: ${expectedCalls}. Received: ${spy.calls.length}${
      error === undefined ? "" : `. Error in spy call: ${error.message}`
    }`,
    actual: spy.calls.length,
    expected: expectedCalls,
  });
}

/** Throws unless the call at `callIndex` is as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: AnySpy<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Return> = {},
): void {
  const call = callAt(spy, callIndex);
  if (expected.args !== undefined) deepStrictEqual(call.args, expected.args);
  if ("self" in expected) deepStrictEqual(call.self, expected.self);
  if ("returned" in expected) {
    if ("error" in expected) {
      throw new TypeError(
        "Do not expect error and return, only one should be expected",
      );
    }
    if (call.error !== undefined) {
      throw new AssertionError({
        message: `Expected spy call to return, but it threw: ${call.error.message}`,
      });
    }
    deepStrictEqual(call.returned, expected.returned);
  }
  if (expected.error === undefined) return;
  const { Class, msgIncludes } = expected.error;
  const { error } = call;
  const fits = error instanceof (Class ?? Error) &&
    (msgIncludes === undefined || error.message.includes(msgIncludes));
  if (!fits) {
    throw new AssertionError({
      message: "Expected spy call to throw as described",
      actual: error,
      expected: expected.error,
    });
  }
}

/** {@linkcode assertSpyCall} for a spy that returns promises: looks at what they hold. */
export async function assertSpyCallAsync<Self, Args extends unknown[], Return>(
  spy: AnySpy<Self, Args, Promise<Return>>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Promise<Return> | Return> = {},
): Promise<void> {
  const { returned, error, ...rest } = expected;
  assertSpyCall(
    spy,
    callIndex,
    rest as ExpectedSpyCall<Self, Args, Promise<Return>>,
  );
  const call = callAt(spy, callIndex);
  const outcome = await Promise.resolve(call.returned).then(
    (value) => ({ value, error: call.error }),
    (error) => ({ value: undefined, error }),
  );
  if ("returned" in expected) deepStrictEqual(outcome.value, await returned);
  if (error !== undefined) {
    const settled = {
      calls: [{ args: [], error: outcome.error }],
    } as unknown as Spy;
    assertSpyCall(settled, 0, { error });
  }
}

/** Throws unless the arguments of a call from `argsStart` to before `argsEnd` are `expected`. */
export function assertSpyCallArgs<Self, Args extends unknown[], Return>(
  spy: AnySpy<Self, Args, Return>,
  callIndex: number,
  ...rest: [expected: unknown[]] | [argsStart: number, expected: unknown[]] | [
    argsStart: number,
    argsEnd: number,
    expected: unknown[],
  ]
): unknown[] {
  const expected = rest.at(-1) as unknown[];
  const [start, end] = rest.slice(0, -1) as number[];
  const args = callAt(spy, callIndex).args.slice(start, end);
  deepStrictEqual(args, expected);
  return args;
}

/** Throws unless one argument of a call is `expected`. */
export function assertSpyCallArg<
  Self,
  Args extends unknown[],
  Return,
  Expected,
>(
  spy: AnySpy<Self, Args, Return>,
  callIndex: number,
  argIndex: number,
  expected: Expected,
): Expected {
  const arg = callAt(spy, callIndex).args[argIndex];
  deepStrictEqual(arg, expected);
  return arg as Expected;
}

function callAt<Self, Args extends unknown[], Return>(
  spy: AnySpy<Self, Args, Return>,
  index: number,
): SpyCall<Self, Args, Return> {
  const call = spy.calls[index];
  if (call === undefined) {
    throw new AssertionError({
      message: `Expected a spy call at index ${index}, but there are ${spy.calls.length}`,
    });
  }
  return call;
}

/** A function that returns what it is called on. */
export function returnsThis<
  Self = unknown,
  Args extends unknown[] = unknown[],
>(): (this: Self, ...args: Args) => Self {
  return function () {
    return this;
  };
}

/** A function that returns its argument at `index`. */
export function returnsArg<Arg, Self = unknown>(
  index: number,
): (this: Self, ...args: Arg[]) => Arg | undefined {
  return (...args) => args[index];
}

/** A function that returns its arguments from `start` to before `end`. */
export function returnsArgs<Args extends unknown[], Self = unknown>(
  start = 0,
  end?: number,
): (this: Self, ...args: Args) => Args {
  return (...args) => args.slice(start, end) as Args;
}

/** A function that returns the values one after the other; an error among them is thrown. */
export function returnsNext<
  Return,
  Self = unknown,
  Args extends unknown[] = unknown[],
>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => {
    const { done, value } = iterator.next();
    if (done) {
      throw new MockError(
        `Not expected to be called more than ${calls} time(s)`,
      );
    }
    calls++;
    if (value instanceof Error) throw value;
    return value;
  };
}

/** {@linkcode returnsNext} as promises. */
export function resolvesNext<
  Return,
  Self = unknown,
  Args extends unknown[] = unknown[],
>(
  values:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error>,
): (this: Self, ...args: Args) => Promise<Return> {
  const iterator = Symbol.asyncIterator in values
    ? values[Symbol.asyncIterator]()
    : values[Symbol.iterator]();
  let calls = 0;
  return async () => {
    const { done, value } = await iterator.next();
    if (done) {
      throw new MockError(
        `Not expected to be called more than ${calls} time(s)`,
      );
    }
    calls++;
    const settled = await value;
    if (settled instanceof Error) throw settled;
    return settled as Return;
  };
}
