import type { AnyAction, RunRequest } from "@/lib/demo/action.ts";
import type { Page } from "@/lib/demo/blocks.tsx";
import type { Fields } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { FakeClock } from "./clock.ts";
import { openDemo as open } from "./open_demo.ts";

/** A demo opened by a test: no server, no browser, time stands still until the test moves it. */
export interface OpenDemo<A extends string> extends AsyncDisposable {
  /** What goes on in it. */
  readonly engine: DemoEngine;
  /** Its time. */
  readonly clock: FakeClock;
  /** Token of the session that calls without one belong to. */
  readonly session: string;
  /** Starts an action with wire values by argument name. @throws {Fault} what is refused before it runs. */
  submit(action: A, input?: Record<string, Json>, options?: SubmitOptions): DemoRun;
  /**
   * Runs an action to its end and gives the wire values it wrote, by field.
   *
   * @throws {Fault} what the action failed with.
   */
  run(action: A, input?: Record<string, Json>, options?: SubmitOptions): Promise<Record<string, Json>>;
}

/** What goes on in a demo that a test has opened. */
export interface DemoEngine {
  /** Makes sessions. */
  readonly sessions: {
    /** A token of a new session; `user`: the id of whom it belongs to, where people log in. */
    mint(user?: string): string;
  };
  /** How many calls wait, places are taken, runs can be read and sessions hold something. */
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

/** What a test may set of the server that runs its demo. */
export interface OpenDemoOptions {
  /** Runs at once of an action that names no limit; `null` is no limit. Default 16. */
  readonly concurrencyLimit?: number | null;
  /** Calls that may wait in one group. Default 1,000. */
  readonly queueSize?: number;
  /** Sessions that may hold values. Default 10,000. */
  readonly sessionCapacity?: number;
  /** How long a run goes on with nobody reading it, in milliseconds. Default 60,000. */
  readonly graceMs?: number;
}

/** Options of a call. */
export interface SubmitOptions {
  /** Token of another session, see `engine.sessions.mint()`. */
  readonly session?: string;
  /** Values of fields that only later actions of the chain take. */
  readonly rest?: Record<string, Json>;
  /** The event that starts it: `when` is `"<field>:<event>"`, `detail` what it carries. */
  readonly event?: { readonly when: string; readonly detail?: Json };
  /** Who asks, for the handler to see. What is left out is empty. */
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
): OpenDemo<keyof A & string> {
  return open(page, options);
}
