import type { AnyAction } from "@/lib/demo/action.ts";
import type { Page } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import { codecOf } from "@/lib/engine/codec.ts";
import { Engine, type EngineOptions } from "@/lib/engine/engine.ts";
import type { Run } from "@/lib/engine/run.ts";
import { sealing } from "@/lib/engine/seal.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { AnyField, Fields } from "@/lib/value/field.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import { applied } from "@/lib/wire/patch.ts";
import { fakeClock } from "./clock.ts";
import type { OpenDemo, SubmitOptions } from "./demo.ts";

/** A demo that is open, with all of the engine that runs it. */
export interface OpenEngine<A extends string> extends OpenDemo<A> {
  readonly engine: Engine;
  /** Runs an action to its end and gives the values it wrote as handlers would receive them, by field. */
  take(action: A, input?: Record<string, Json>, options?: SubmitOptions): Promise<Record<string, unknown>>;
  submit(action: A, input?: Record<string, Json>, options?: SubmitOptions): Run;
}

/** Opens a demo for a test of our own, which may look inside. */
export function openDemo<F extends Fields, A extends Readonly<Record<string, AnyAction>>>(
  page: Page<F, A>,
  options: Partial<EngineOptions> = {},
): OpenEngine<keyof A & string> {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const secret = random(32);
  const engine = new Engine({
    blobs,
    clock,
    random,
    secret,
    broke: (error) => error instanceof Error ? error.message : String(error),
    ...options,
  });
  const session = engine.sessions.mint();
  const submit: OpenEngine<keyof A & string>["submit"] = (
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
    run: async (...call) => await wireOf(submit(...call)),
    take: async (...call) => {
      const run = submit(...call);
      const taken: Record<string, unknown> = {};
      const codec = codecOf(run, {
        blobs,
        sealing: sealing(secret, random),
        url: (page, id) => `${page}/files/${id}`,
      });
      for (const [key, wire] of Object.entries(await wireOf(run))) {
        const { decode } = componentOf(page.demo.fields[key] as AnyField);
        const props = run.call.session.props(page.demo, key);
        taken[key] = decode ? await decode(wire, codec, props, key) : wire;
      }
      return taken;
    },
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
    },
  };
}

/** The wire values that a run wrote. @throws {Fault} when it failed or was cancelled. */
async function wireOf(run: Run): Promise<Record<string, Json>> {
  const values: Record<string, Json> = {};
  let failed: Fault | undefined;
  for await (const frame of run) {
    if (frame.type === "output") apply(values, frame);
    else if (frame.type === "failed") {
      failed = new Fault(frame.code, frame.message, { field: frame.field });
    } else if (frame.type === "done" && frame.outcome !== "done") {
      throw failed ?? new Fault("cancelled", "The run was cancelled");
    }
  }
  return values;
}

function apply(values: Record<string, Json>, frame: FrameBody & { type: "output" }): void {
  for (const [key, given] of Object.entries(frame.values)) {
    values[key] = applied(values[key] ?? null, given, frame.mode);
  }
}
