import type { RunContext } from "./action.ts";

/** Rights of a handler's process: `true` for all of a kind, or a list like those of Deno's flags. */
export interface RemotePermissions {
  /** Files and folders that it may read, beside the folder of its module. Relative ones count from the module. */
  readonly read?: true | readonly string[];
  /** Files and folders that it may write. Relative ones count from the module. */
  readonly write?: true | readonly string[];
  /** Hosts that it may reach: `example.org`, `example.org:443`. */
  readonly net?: true | readonly string[];
  /** Variables of the server's environment. It gets no others. */
  readonly env?: readonly string[];
  /** Programs that it may run. */
  readonly run?: true | readonly string[];
  /** Libraries that it may load. Relative ones count from the module. */
  readonly ffi?: true | readonly string[];
  /** Facts about the machine that it may read: `cpus`, `hostname` ... */
  readonly sys?: true | readonly string[];
}

/** Options of {@linkcode remote} for a worker: a thread of the server, with the server's rights and memory. */
export interface RemoteWorkerOptions {
  /**
   * A thread keeps the server awake while a handler blocks. It does not isolate untrusted code: use `process` for
   * that.
   */
  readonly runs: "worker";
  /** Longest time that the handler may work, in milliseconds; waiting for a reader is not counted. Default 60,000. */
  readonly timeoutMs?: number;
}

/**
 * Options of {@linkcode remote} for a process of its own, which can be killed and has only the rights it is given.
 */
export interface RemoteProcessOptions {
  /** A process contains failures: an endless loop, a lack of memory or an exit ends only the process. */
  readonly runs: "process";
  /** Longest time that the handler may work, in milliseconds; waiting for a reader is not counted. Default 60,000. */
  readonly timeoutMs?: number;
  /** Memory for its values, and as much again for bytes, in MiB, from 16. Default 256. */
  readonly memoryMb?: number;
  /** Its rights. Default: reading the folder of its module. */
  readonly permissions?: RemotePermissions;
}

/** Options of {@linkcode remote}. */
export type RemoteOptions = RemoteWorkerOptions | RemoteProcessOptions;

/** Where a remote handler is found and how it is run. */
export interface RemoteTarget {
  /** Address of its module, `file:`. */
  readonly module: string;
  /** Its name among what the module exports. */
  readonly name: string;
  /** How it is run. */
  readonly options: RemoteOptions;
}

/** Runs a remote handler elsewhere. The result is a generator, for every kind of handler. */
export type RemoteRunner = (
  target: RemoteTarget,
  input: unknown,
  run: RunContext,
) => AsyncGenerator<unknown, unknown, undefined>;

/** The result of a remote function: a generator with its yields, if any, and its result at the end. */
export type RemoteResult<R> = [R] extends [
  Generator<infer Y, infer T, never> | AsyncGenerator<infer Y, infer T, never>,
] ? AsyncGenerator<Y, T, unknown>
  : AsyncGenerator<never, Awaited<R>, unknown>;

/** A function of another module as a handler. */
export type RemoteHandler<F> = F extends (input: infer I, run: RunContext) => infer R
  ? (input: I, run: RunContext) => RemoteResult<R>
  : never;

/** The functions that a module exports, as handlers. */
export type Remote<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: RemoteHandler<M[K]>;
};

const targets = new WeakMap<object, RemoteTarget>();
let runner: RemoteRunner | undefined;
let listener: ((declared: Omit<RemoteTarget, "name">) => void) | undefined;

/**
 * The functions of another module as handlers that run outside the server's own loop: for work that blocks (`runs:
 * "worker"`) or is not trusted (`runs: "process"`). Functions cannot be sent there, so the module is given by its
 * URL and by its type; it is not loaded here. Its functions are plain handlers: `(input, run)`, sync or async,
 * generators too. Values are copied: inputs and results are plain data and bytes. Functions among the inputs
 * (`photo.bytes()`) can be called and return promises.
 *
 * In a test without a server they run in the test.
 *
 * @example
 * ```ts ignore
 * import type * as Work from "./(_hog)/work.ts";
 *
 * const work = remote<typeof Work>(import.meta.resolve("./(_hog)/work.ts"), { runs: "worker", timeoutMs: 5000 });
 *
 * on(go.click, { inputs: limit, outputs: result, fn: work.countPrimes });
 * ```
 *
 * @throws {TypeError} when `module` is not a `file:` URL, or an option does not fit `runs`.
 * @throws {RangeError} when a time or an amount of memory is out of range.
 */
export function remote<M extends object>(module: string, options: RemoteOptions): Remote<M> {
  check(module, options);
  listener?.({ module, options });
  const made = new Map<string, RemoteHandler<unknown>>();
  return new Proxy({}, {
    get(_, name) {
      // `await` and printing ask for these: they are not handlers.
      if (typeof name !== "string" || name === "then" || name === "toJSON") return undefined;
      const known = made.get(name);
      if (known) return known;
      const target: RemoteTarget = Object.freeze({ module, name, options: Object.freeze({ ...options }) });
      const handler = (input: unknown, run: RunContext) => (runner ?? runHere)(target, input, run);
      targets.set(handler, target);
      made.set(name, handler as RemoteHandler<unknown>);
      return handler;
    },
  }) as Remote<M>;
}

/** Where a handler made by {@linkcode remote} is found; `undefined` for any other. */
export function remoteOf(fn: unknown): RemoteTarget | undefined {
  return typeof fn === "function" ? targets.get(fn) : undefined;
}

/** Sets the runner of remote handlers until it is disposed of. Without a runner they run in place. */
export function runRemotesBy(next: RemoteRunner): Disposable {
  const before = runner;
  runner = next;
  return {
    [Symbol.dispose]: () => {
      if (runner === next) runner = before;
    },
  };
}

/** Reports every module that {@linkcode remote} gets from now on, until it is disposed of. */
export function hearRemotes(hear: (declared: Omit<RemoteTarget, "name">) => void): Disposable {
  listener = hear;
  return {
    [Symbol.dispose]: () => {
      if (listener === hear) listener = undefined;
    },
  };
}

async function* runHere({ module, name }: RemoteTarget, input: unknown, run: RunContext) {
  const fn = (await import(module) as Record<string, unknown>)[name];
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot run "${name}" of ${module}: it exports no such function`);
  }
  const result: unknown = await fn(input, run);
  return isGenerator(result) ? yield* result : result;
}

function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, undefined> {
  return typeof value === "object" && value !== null && "next" in value &&
    (Symbol.asyncIterator in value || Symbol.iterator in value);
}

function check(module: string, options: RemoteOptions): void {
  if (!URL.canParse(module) || new URL(module).protocol !== "file:") {
    throw new TypeError(
      `Cannot find handlers at "${module}": remote() takes import.meta.resolve("./(_name)/work.ts")`,
    );
  }
  const { runs, timeoutMs } = options;
  if (runs !== "worker" && runs !== "process") {
    throw new TypeError(`Cannot run handlers in a "${runs}": it is "worker" or "process"`);
  }
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= 2 ** 31 - 1)) {
    throw new RangeError(`Cannot stop handlers after ${timeoutMs} ms: timeoutMs is from 1 to 2147483647`);
  }
  if (runs === "worker") {
    for (const name of ["memoryMb", "permissions"]) {
      if (name in options) {
        throw new TypeError(`Cannot give a worker ${name}: only a process can be held to it`);
      }
    }
    return;
  }
  const { memoryMb, permissions = {} } = options;
  if (memoryMb !== undefined && !(Number.isInteger(memoryMb) && memoryMb >= 16)) {
    throw new RangeError(`Cannot give a process ${memoryMb} MiB: memoryMb is a whole number from 16`);
  }
  for (const [kind, list] of Object.entries(permissions)) {
    const odd = Array.isArray(list)
      ? list.find((one) => typeof one !== "string" || /^$|,/.test(one))
      : undefined;
    if (odd !== undefined) {
      throw new TypeError(`Cannot permit ${kind} of "${odd}": name one thing, without commas`);
    }
  }
}
