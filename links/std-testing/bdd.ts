/**
 * Tests written as `describe` and `it`, over `Deno.test`.
 * @module
 */

/** A hook, or the body of a test. `this` is shared by a suite and those within it. */
export type TestFunction<T> = (
  this: T,
  t: Deno.TestContext,
) => void | Promise<void>;

/** Options of one test. */
export interface ItDefinition<T> extends Partial<Omit<Deno.TestDefinition, "fn" | "name">> {
  /** What the test shows. */
  name?: string;
  /** The suite it belongs to. @default the one being described */
  suite?: TestSuite<T>;
  /** Body. */
  fn?: TestFunction<T>;
  /** Do not run it. */
  skip?: boolean;
}

/** Options of a suite. */
export interface DescribeDefinition<T> extends Partial<Omit<Deno.TestDefinition, "fn" | "name">> {
  /** What the suite is about. */
  name?: string;
  /** The suite it belongs to. @default the one being described */
  suite?: TestSuite<T>;
  /** Registers the suite's tests and hooks. */
  fn?: () => void | undefined;
  /** Do not run it. */
  skip?: boolean;
  /** Runs before the first test. */
  beforeAll?: TestFunction<T> | TestFunction<T>[];
  /** Runs after the last test. */
  afterAll?: TestFunction<T> | TestFunction<T>[];
  /** Runs before each test. */
  beforeEach?: TestFunction<T> | TestFunction<T>[];
  /** Runs after each test. */
  afterEach?: TestFunction<T> | TestFunction<T>[];
}

type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";
type Hooks = Record<HookName, TestFunction<never>[]>;

/** A group of tests. Given to `describe` or `it`, the new one becomes part of it. */
export interface TestSuite<T> {
  /** Identity only. */
  readonly symbol: symbol;
  /** Carries the type of `this`. */
  readonly context?: T;
}

interface Suite {
  readonly symbol: symbol;
  readonly name: string;
  readonly options: Partial<Omit<Deno.TestDefinition, "fn" | "name">>;
  readonly hooks: Hooks;
  readonly items: Item[];
}
type Item =
  | { kind: "suite"; suite: Suite; only: boolean; ignore: boolean }
  | {
    kind: "test";
    name: string;
    fn: TestFunction<never>;
    only: boolean;
    ignore: boolean;
  };

let current: Suite | null = null;
const suites = new Map<symbol, Suite>();
const globalHooks = newHooks();

function newHooks(): Hooks {
  return { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] };
}

type Args<T, D> =
  | [options: D]
  | [name: string]
  | [name: string, options: Omit<D, "name">]
  | [fn: () => void | undefined]
  | [name: string, fn: (this: T, t: Deno.TestContext) => void | Promise<void>]
  | [
    name: string,
    options: Omit<D, "name" | "fn">,
    fn: (this: T, t: Deno.TestContext) => void | Promise<void>,
  ]
  | [
    options: Omit<D, "fn">,
    fn: (this: T, t: Deno.TestContext) => void | Promise<void>,
  ]
  | [suite: TestSuite<T>, name: string]
  | [suite: TestSuite<T>, name: string, options: Omit<D, "name">]
  | [
    suite: TestSuite<T>,
    name: string,
    fn: (this: T, t: Deno.TestContext) => void | Promise<void>,
  ]
  | [
    suite: TestSuite<T>,
    name: string,
    options: Omit<D, "name" | "fn">,
    fn: (this: T, t: Deno.TestContext) => void | Promise<void>,
  ];

/** Arguments of {@linkcode describe}. */
export type DescribeArgs<T> = Args<T, DescribeDefinition<T>>;
/** Arguments of {@linkcode it}. */
export type ItArgs<T> = Args<T, ItDefinition<T>>;

interface Definition {
  name: string;
  suite: Suite | null;
  fn?: (this: never, t: Deno.TestContext) => void | Promise<void>;
  ignore: boolean;
  only: boolean;
  options: DescribeDefinition<never>;
}

function definition(args: readonly unknown[]): Definition {
  let name: string | undefined;
  let fn: Definition["fn"];
  let options: DescribeDefinition<never> = {};
  let suite = current;
  for (const arg of args) {
    if (typeof arg === "string") name = arg;
    else if (typeof arg === "function") fn = arg as Definition["fn"];
    else if (arg !== null && typeof arg === "object") {
      if ("symbol" in arg) {
        suite = suites.get((arg as TestSuite<never>).symbol) ?? suite;
      } else options = arg as DescribeDefinition<never>;
    }
  }
  if (options.suite !== undefined) {
    suite = suites.get(options.suite.symbol) ?? suite;
  }
  return {
    name: name ?? options.name ?? fn?.name ?? "",
    fn: fn ?? options.fn,
    suite,
    ignore: options.ignore ?? options.skip ?? false,
    only: options.only ?? false,
    options,
  };
}

/** The form all functions of this kind have: itself, and its variants. */
export interface Registrar<A extends readonly unknown[], R> {
  (...args: A): R;
  /** Runs only this one and those like it. */
  only(...args: A): R;
  /** Does not run it. */
  ignore(...args: A): R;
  /** Does not run it. */
  skip(...args: A): R;
}

function registrar<A extends readonly unknown[], R>(
  register: (args: A, flags: Partial<Definition>) => R,
): Registrar<A, R> {
  return Object.assign((...args: A) => register(args, {}), {
    only: (...args: A) => register(args, { only: true }),
    ignore: (...args: A) => register(args, { ignore: true }),
    skip: (...args: A) => register(args, { ignore: true }),
  });
}

/** Registers a group of tests. */
export const describe: Registrar<DescribeArgs<never>, TestSuite<never>> = registrar((args, flags) => {
  const { name, fn, suite: parent, options, ignore, only } = {
    ...definition(args),
    ...flags,
  };
  const hooks = newHooks();
  for (const hook of Object.keys(hooks) as HookName[]) {
    hooks[hook].push(...[options[hook] ?? []].flat());
  }
  const {
    beforeAll: _1,
    afterAll: _2,
    beforeEach: _3,
    afterEach: _4,
    fn: _5,
    name: _6,
    suite: _7,
    skip: _8,
    ...rest
  } = options;
  const suite: Suite = {
    symbol: Symbol(name),
    name,
    options: rest,
    hooks,
    items: [],
  };
  suites.set(suite.symbol, suite);
  const outer = current;
  current = suite;
  try {
    (fn as (() => void) | undefined)?.();
  } finally {
    current = outer;
  }
  if (parent !== null) {
    parent.items.push({ kind: "suite", suite, only, ignore });
  } else {
    Deno.test({
      ...rest,
      name,
      ignore,
      only: only || hasOnly(suite),
      fn: (t) => runSuite(t, suite, {}, [], []),
    });
  }
  return { symbol: suite.symbol };
});

/** Registers a test. */
export const it: Registrar<ItArgs<never>, void> = registrar((args, flags) => {
  const { name, fn, suite, ignore, only, options } = {
    ...definition(args),
    ...flags,
  };
  const body = (fn ?? (() => {})) as TestFunction<never>;
  if (suite !== null) {
    suite.items.push({
      kind: "test",
      name,
      fn: body,
      only,
      ignore: ignore || fn === undefined,
    });
    return;
  }
  const { suite: _1, fn: _2, name: _3, skip: _4, ...rest } = options as ItDefinition<never>;
  Deno.test({
    ...rest,
    name,
    ignore: ignore || fn === undefined,
    only,
    fn: (t) => runTest(t, body, {}, globalHooks.beforeEach, globalHooks.afterEach),
  });
});

/** The same as {@linkcode it}. */
export const test: typeof it = it;

function hasOnly({ items }: Suite): boolean {
  return items.some((item) => item.only || (item.kind === "suite" && hasOnly(item.suite)));
}

async function runSuite(
  t: Deno.TestContext,
  { hooks, items }: Suite,
  context: object,
  before: readonly TestFunction<never>[],
  after: readonly TestFunction<never>[],
): Promise<void> {
  const isFocused = items.some((item) => item.only || (item.kind === "suite" && hasOnly(item.suite)));
  const own = Object.assign(Object.create(context), {});
  const beforeEach = [...before, ...hooks.beforeEach];
  const afterEach = [...hooks.afterEach, ...after];
  try {
    for (const hook of hooks.beforeAll) await hook.call(own as never, t);
    for (const item of items) {
      const isChosen = !isFocused || item.only ||
        (item.kind === "suite" && hasOnly(item.suite));
      const ignore = item.ignore || !isChosen;
      if (item.kind === "suite") {
        await t.step({
          name: item.suite.name,
          ignore,
          fn: (t) => runSuite(t, item.suite, own, beforeEach, afterEach),
        });
      } else {
        await t.step({
          name: item.name,
          ignore,
          fn: (t) => runTest(t, item.fn, Object.create(own), beforeEach, afterEach),
        });
      }
    }
  } finally {
    for (const hook of hooks.afterAll) await hook.call(own as never, t);
  }
}

async function runTest(
  t: Deno.TestContext,
  fn: TestFunction<never>,
  context: object,
  before: readonly TestFunction<never>[],
  after: readonly TestFunction<never>[],
): Promise<void> {
  try {
    for (const hook of before) await hook.call(context as never, t);
    await fn.call(context as never, t);
  } finally {
    for (const hook of after) await hook.call(context as never, t);
  }
}

function hook(name: HookName): <T>(fn: TestFunction<T>) => void {
  return (fn) => {
    (current?.hooks ?? globalHooks)[name].push(fn as TestFunction<never>);
  };
}

/** Runs before the first test of the suite. */
export const beforeAll: <T>(fn: TestFunction<T>) => void = hook("beforeAll");
/** The same as {@linkcode beforeAll}. */
export const before: typeof beforeAll = beforeAll;
/** Runs after the last test of the suite. */
export const afterAll: <T>(fn: TestFunction<T>) => void = hook("afterAll");
/** The same as {@linkcode afterAll}. */
export const after: typeof afterAll = afterAll;
/** Runs before each test of the suite and of those within it. */
export const beforeEach: <T>(fn: TestFunction<T>) => void = hook("beforeEach");
/** Runs after each test of the suite and of those within it. */
export const afterEach: <T>(fn: TestFunction<T>) => void = hook("afterEach");
