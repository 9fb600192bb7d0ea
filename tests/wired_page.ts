import { setImmediate } from "node:timers";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { ActionPlan, PageGraph } from "@/lib/value/page.ts";
import { EVENT_STREAM, writeFrame } from "@/lib/wire/event_stream.ts";
import type { FrameBody, OutputFrame } from "@/lib/wire/frame.ts";
import { Session } from "@/lib/client/session.ts";

/** What the page sent, and its answer, which the test writes frame by frame. */
export interface Sent {
  readonly body: JsonObject;
  /** Sends a frame; resolves when the page has taken it. */
  say(frame: FrameBody): Promise<void>;
  /** Sends values: whole ones, unless `mode` says otherwise. */
  give(values: OutputFrame["values"], more?: Partial<OutputFrame>): Promise<void>;
  /** Ends the run; resolves when the page has noticed. */
  done(): Promise<void>;
}

/** A page without a browser or a server. */
export interface WiredPage extends Disposable {
  readonly session: Session;
  /** In the order in which they were sent. */
  readonly sent: readonly Sent[];
  /** Resolves once so many requests have been sent. */
  until(count: number): Promise<void>;
  /** What a field shows. */
  shown(id: string): Json;
}

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Opens a page. Fields have their first values; a plan has defaults for what it leaves out. */
export function openPage(
  fields: Readonly<Record<string, Json>>,
  actions: Readonly<Record<string, Partial<ActionPlan>>>,
): WiredPage {
  const page: PageGraph = {
    url: "http://127.0.0.1/demo",
    session: "token",
    fields: Object.fromEntries(
      Object.entries(fields).map(([id, value]) => [id, { value, props: {}, interactive: true }]),
    ),
    actions: Object.fromEntries(
      Object.entries(actions).map(([key, plan]) => {
        return [key, { when: [], takes: {}, rest: [], gives: [], mode: "once", cancels: [], ...plan }];
      }),
    ),
  };
  const sent: Sent[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (_, init) => {
    const body = JSON.parse(init?.body as string) as JsonObject;
    let stream!: ReadableStreamDefaultController<Uint8Array>;
    const readable = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
    init?.signal?.addEventListener("abort", () => stream.error(init.signal?.reason));
    let seq = typeof body.after === "number" ? body.after : 0;
    const going = () => [...session.going].find(({ id }) => id === (body.id ?? body.resume));
    const say = async (frame: FrameBody) => {
      stream.enqueue(new TextEncoder().encode(writeFrame(frame, "run", ++seq)));
      while ((going()?.seq ?? seq) < seq) await turn();
    };
    sent.push({
      body,
      say,
      give: (values, more) => say({ type: "output", action: "act", values, mode: "set", ...more }),
      async done() {
        await say({ type: "done", outcome: "done", ms: 1 });
        while (going()) await turn();
      },
    });
    return Promise.resolve(new Response(readable, { headers: { "content-type": EVENT_STREAM } }));
  };
  const session = new Session(page);
  return {
    session,
    sent,
    async until(count) {
      while (sent.length < count) await turn();
    },
    shown: (id) => session.field(id).value.peek(),
    [Symbol.dispose]: () => void (globalThis.fetch = fetch),
  };
}
