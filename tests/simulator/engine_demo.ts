import {
  Blocks,
  button,
  Fault,
  json,
  number,
  on,
  type Page,
  type RunContext,
  state,
  textbox,
  update,
} from "atoll";
import type { FrameBody } from "@/lib/wire/frame.ts";

/** What the handler of a call is to do. */
export interface Plan {
  /** Whose call it is: all that it says begins with this. */
  readonly mark: string;
  readonly kind: typeof KINDS[number];
  readonly steps: number;
  readonly stepMs: number;
}

/** Everything that a handler can do to its run. */
export const KINDS = [
  "value",
  "later",
  "generator",
  "stream",
  "deaf",
  "document",
  "waits",
  "throws",
  "rejects",
  "refuses",
  "wrong",
] as const;

/** Is told what handlers do. */
export interface Stage {
  sleep(ms: number): Promise<void>;
  /** A handler begins. What it gives is called at its end. */
  enter(action: string, plan: Plan, run: RunContext): () => void;
}

/** What the simulator runs: groups with limits and priorities, a time limit, a chain, and a value on the server. */
export function simulatedDemo(stage: Stage): Page {
  const acting = (action: string) => (plan: unknown, run: RunContext) =>
    act(stage, action, plan as Plan, run) as never;
  return Blocks({
    fields: {
      go: button("Go"),
      plan: json(),
      out: textbox(),
      data: json(),
      held: state(0),
      count: number(),
      marks: state<string[]>([]),
    },
    actions: ({ go, plan, out, data, held, count, marks }) => {
      const act = { inputs: plan, outputs: { out, data } } as const;
      const chain = on(go.click, { ...act, fn: acting("chain") });
      // Leaves its mark in the session, and says so in the same answer; one that throws has touched it before.
      const marking = {
        inputs: { plan, marks },
        outputs: { marks, out },
        fn: async ({ plan, marks }: { plan: unknown; marks: string[] }, run: RunContext) => {
          const { mark, kind, steps, stepMs } = plan as Plan;
          const leave = stage.enter("marking", plan as Plan, run);
          marks.push(mark);
          await stage.sleep(steps * stepMs);
          leave();
          if (kind === "throws" || kind === "rejects") throw new Fault("refused", `${mark} is refused`);
          return { marks, out: `${mark} marked` };
        },
      } as const;
      const markChain = on(go.click, marking);
      const pair = { ...act, concurrencyGroup: "pair" } as const;
      return {
        one: on(go.click, { ...act, concurrencyLimit: 1, fn: acting("one") }),
        pair: on(go.click, { ...pair, concurrencyLimit: 2, fn: acting("pair") }),
        urgent: on(go.click, { ...pair, priority: 3, fn: acting("urgent") }),
        free: on(go.click, { ...act, concurrencyLimit: null, fn: acting("free") }),
        plain: on(go.click, { ...act, fn: acting("plain") }),
        timed: on(go.click, { ...act, concurrencyLimit: 2, timeoutMs: 60, fn: acting("timed") }),
        // Runs once more where a crash has cut it off.
        retried: on(go.click, { ...act, retry: true, fn: acting("retried") }),
        mark: on(go.click, marking),
        markAgain: on(go.click, { ...marking, retry: true }),
        markChain,
        more: on(markChain.success, {
          inputs: plan,
          outputs: { count },
          fn: async (plan) => {
            const { mark, steps, stepMs } = plan as unknown as Plan;
            await stage.sleep(steps * stepMs);
            return { count: update({ label: mark }) };
          },
        }),
        lined: on(go.click, { ...act, retry: true, concurrencyLimit: 1, fn: acting("lined") }),
        chain,
        good: on(chain.success, { ...act, fn: acting("good") }),
        mend: on(chain.failure, {
          ...act,
          fn: (plan) => ({ out: `${(plan as unknown as Plan).mark} mended` }),
        }),
        add: on(go.click, {
          inputs: { plan, held },
          outputs: { held, count },
          fn: ({ held }) => ({ held: held + 1, count: held + 1 }),
        }),
      };
    },
  }) as unknown as Page;
}

/** What a whole run of a plan shows in the end; `undefined` when it does not end by itself or not well. */
export function finalText({ mark, kind, steps }: Plan): string | undefined {
  switch (kind) {
    case "value":
    case "later":
      return `${mark} ${kind}`;
    case "generator":
    case "stream":
    case "deaf":
      return textAt(mark, steps);
    case "document":
    case "waits":
    case "throws":
    case "rejects":
    case "refuses":
    case "wrong":
      return undefined;
  }
}

/** What frames come to in the field `out`. */
export function textOf(log: readonly FrameBody[]): string {
  let text = "";
  for (const frame of log) {
    if (frame.type !== "output" || typeof frame.values.out !== "string") continue;
    text = frame.mode === "append" ? text + frame.values.out : frame.values.out;
  }
  return text;
}

const textAt = (mark: string, step: number) =>
  `${mark} ${Array.from({ length: step }, (_, at) => at).join(" ")}`;

function act(stage: Stage, action: string, plan: Plan, run: RunContext): unknown {
  const { mark, kind, steps, stepMs } = plan;
  const leave = stage.enter(action, plan, run);
  const ending = <T>(promise: Promise<T>) => promise.finally(leave);
  const refusal = new Fault("refused", `${mark} is refused`);
  switch (kind) {
    case "value":
      leave();
      return { out: `${mark} value` };
    case "wrong":
      leave();
      return { out: 7 };
    case "throws":
      leave();
      throw new Error(`secret of ${mark}`);
    case "later":
      return ending(stage.sleep(steps * stepMs).then(() => ({ out: `${mark} later` })));
    case "rejects":
      return ending(stage.sleep(stepMs).then(() => Promise.reject(new Error(`secret of ${mark}`))));
    case "refuses":
      return ending(stage.sleep(stepMs).then(() => Promise.reject(refusal)));
    case "waits":
      return ending(new Promise((resolve) => run.signal.addEventListener("abort", () => resolve(undefined))));
    case "generator":
      return function* () {
        try {
          for (let step = 0; step <= steps; step++) yield { out: textAt(mark, step) };
        } finally {
          leave();
        }
      }();
    case "stream":
    case "deaf":
    case "document":
      return async function* () {
        try {
          for (let step = 0; step <= steps; step++) {
            if (kind === "document") {
              yield {
                data: {
                  mark,
                  list: Array.from({ length: 8 + step }, (_, at) => `${mark} ${at}`),
                  at: { step },
                },
              };
            } else yield { out: textAt(mark, step) };
            if (step === 1) run.progress(step, steps, mark);
            if (step < steps) await stage.sleep(stepMs);
            if (kind !== "deaf" && run.signal.aborted) return;
          }
        } finally {
          leave();
        }
      }();
  }
}
