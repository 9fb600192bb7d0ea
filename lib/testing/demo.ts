import type { AnyAction, RunRequest } from "@/lib/demo/action.ts";
import type { Page } from "@/lib/demo/blocks.tsx";
import type { Fields, InOf } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { FakeClock } from "./clock.ts";
import { openDemo as open } from "./open_demo.ts";

/** The values of fields `F` as handlers receive them. Only the fields that a run has written are there. */
export type DemoValues<F> = string extends keyof F ? Record<string, unknown>
  : { [K in keyof F]?: InOf<F[K]> };

/**
 * A demo in a test, without a server and without a browser. Its time stands still until the test moves it. `A` are
 * the names of its actions, `V` the values of its fields.
 */
export interface OpenDemo<A extends string, V = Record<string, Json>> extends AsyncDisposable {
  /** The engine that runs it. */
  readonly engine: DemoEngine;
  /** Its clock. */
  readonly clock: FakeClock;
  /** Token of the default session of calls. */
  readonly session: string;
  /** Starts an action with wire values by argument name. @throws {Fault} when it is refused before it runs. */
  submit(action: A, input?: Record<string, Json>, options?: SubmitOptions): DemoRun;
  /**
   * Runs an action to its end and returns its outputs by field, in the form that handlers receive. That is a text for a
   * `markdown()`, a picture with `bytes()` for an `image()`.
   *
   * @throws {Fault} when the action failed.
   */
  run(action: A, input?: Record<string, Json>, options?: SubmitOptions): Promise<V>;
}

/** The engine of a demo in a test. */
export interface DemoEngine {
  /** Creates sessions. */
  readonly sessions: {
    /** Returns the token of a new session. `user` is the id of its user, for demos with a login. */
    mint(user?: string): string;
  };
  /** Counts of waiting calls, occupied places, readable runs, and sessions with state. */
  readonly load: {
    readonly waiting: number;
    readonly busy: number;
    readonly runs: number;
    readonly sessions: number;
  };
}

/** A run that a test has started. Its frames can be iterated over as they come. */
export interface DemoRun extends AsyncIterable<FrameBody & { readonly seq: number }> {
  /** Id of the run. */
  readonly id: string;
  /** The frames so far. */
  readonly log: readonly FrameBody[];
  /** Whether the last frame is in the log. */
  readonly finished: boolean;
  /** Cancels it, as a person does. */
  cancel(): void;
}

/** Options for {@linkcode openDemo}. */
export interface OpenDemoOptions {
  /** Concurrent runs of an action without its own limit; `null` means no limit. Default 16. */
  readonly concurrencyLimit?: number | null;
  /** Calls that may wait in one group. Default 1,000. */
  readonly queueSize?: number;
  /** Sessions that may hold values. Default 10,000. */
  readonly sessionCapacity?: number;
  /** How long a run continues without a reader, in milliseconds. Default 60,000. */
  readonly graceMs?: number;
}

/** Options of a call. */
export interface SubmitOptions {
  /** Token of another session, see `engine.sessions.mint()`. */
  readonly session?: string;
  /** Values of fields that only later actions of the chain take. */
  readonly rest?: Record<string, Json>;
  /** The event that starts it: `when` is `"<field>:<event>"`, `detail` is its data. */
  readonly event?: { readonly when: string; readonly detail?: Json };
  /** The request that the handler sees. Missing parts are empty. */
  readonly request?: Partial<RunRequest>;
}

/**
 * Opens a demo for a test.
 *
 * @example
 * ```ts ignore
 * await using app = openDemo(greeter);
 * assert.deepEqual(await app.run("predict", { name: "Ada", volume: 3 }), { greeting: "Hello, Ada!!!" });
 * ```
 */
export function openDemo<F extends Fields, A extends Readonly<Record<string, AnyAction>>>(
  page: Page<F, A>,
  options: OpenDemoOptions = {},
): OpenDemo<keyof A & string, DemoValues<F>> {
  const opened = open(page, options);
  return { ...opened, run: opened.take } as unknown as OpenDemo<keyof A & string, DemoValues<F>>;
}
