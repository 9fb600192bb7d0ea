import type { AnyAction, RunRequest } from "@/lib/demo/action.ts";
import type { Page } from "@/lib/demo/blocks.tsx";
import { Engine, type EngineOptions } from "@/lib/engine/engine.ts";
import type { Run } from "@/lib/engine/run.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Fields } from "@/lib/value/field.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { applied } from "@/lib/wire/patch.ts";
import { type FakeClock, fakeClock } from "./clock.ts";

/** A demo opened by a test: no server, no browser, time stands still until the test moves it. */
export interface OpenDemo<A extends string> extends AsyncDisposable {
  /** The engine that runs it. */
  readonly engine: Engine;
  /** Its time. */
  readonly clock: FakeClock;
  /** Token of the session that calls without one belong to. */
  readonly session: string;
  /** Starts an action with wire values by argument name. @throws {Fault} what is refused before it runs. */
  submit(action: A, input?: Record<string, Json>, options?: SubmitOptions): Run;
  /**
   * Runs an action to its end and gives the wire values it wrote, by field.
   *
   * @throws {Fault} what the action failed with.
   */
  run(action: A, input?: Record<string, Json>, options?: SubmitOptions): Promise<Record<string, Json>>;
}

/** Options of a call. */
export interface SubmitOptions {
  /** Token of another session, see `engine.sessions.mint()`. */
  readonly session?: string;
  /** Values of fields that only later actions of the chain take. */
  readonly rest?: Record<string, Json>;
  /** What the event carried. */
  readonly event?: Json;
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
  options: Partial<EngineOptions> = {},
): OpenDemo<keyof A & string> {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({
    blobs,
    clock,
    random,
    secret: random(32),
    broke: (error) => error instanceof Error ? error.message : String(error),
    ...options,
  });
  const session = engine.sessions.mint();
  const submit: OpenDemo<keyof A & string>["submit"] = (
    action,
    input = {},
    { session: token, rest = {}, event, request } = {},
  ) =>
    engine.submit({
      demo: page.demo,
      action,
      input,
      rest,
      event,
      page: "/demo",
      session: engine.sessions.open(token ?? session),
      request: {
        headers: new Headers(),
        url: "http://127.0.0.1/demo",
        query: new URLSearchParams(),
        cookies: {},
        client: "127.0.0.1",
        ...request,
      },
    });
  return {
    engine,
    clock,
    session,
    submit,
    run: async (...call) => {
      const values: Record<string, Json> = {};
      let failed: Fault | undefined;
      for await (const frame of submit(...call)) {
        if (frame.type === "output") apply(values, frame);
        else if (frame.type === "failed") {
          failed = new Fault(frame.code, frame.message, { field: frame.field });
        } else if (frame.type === "done" && frame.outcome !== "done") {
          throw failed ?? new Fault("cancelled", "The run was cancelled");
        }
      }
      return values;
    },
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
    },
  };
}

function apply(values: Record<string, Json>, frame: FrameBody & { type: "output" }): void {
  for (const [key, given] of Object.entries(frame.values)) {
    values[key] = applied(values[key] ?? null, given, frame.mode);
  }
}
