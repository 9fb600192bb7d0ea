import assert from "node:assert/strict";
import type { PageGraph } from "@/lib/value/page.ts";
import { EVENT_STREAM, writeFrame } from "@/lib/wire/event_stream.ts";
import type { DoneFrame } from "@/lib/wire/frame.ts";
import { NOT_KEPT } from "@/lib/wire/not_kept.ts";
import { Session } from "./session.ts";

/** What a page shows beside its fields when an event ends like this. */
async function shown(done: DoneFrame): Promise<readonly string[]> {
  const said: string[] = [];
  const element = () => ({
    dataset: {},
    children: [],
    append: (...parts: unknown[]) => void said.push(...parts.filter((part) => typeof part === "string")),
    setAttribute: () => {},
    addEventListener: () => {},
    // A message on which the pointer rests stays: it needs no timer.
    matches: () => true,
  });
  const { fetch, document } = globalThis;
  globalThis.fetch = () =>
    Promise.resolve(new Response(writeFrame(done, "run", 1), { headers: { "content-type": EVENT_STREAM } }));
  // Nothing of a page without views is drawn.
  const MutationObserver = class {
    observe(): void {}
  };
  Object.assign(globalThis, {
    MutationObserver,
    document: { getElementById: element, createElement: element },
  });
  try {
    const page: PageGraph = {
      url: "http://127.0.0.1/demo",
      session: "token",
      fields: { it: { value: null, props: {}, interactive: true } },
      actions: { act: { when: ["it:go"], takes: {}, rest: [], gives: [], mode: "multiple", cancels: [] } },
    };
    const session = new Session(page);
    session.raise("it", "go");
    do await new Promise((resolve) => setTimeout(resolve)); while (session.going.size > 0);
    return said;
  } finally {
    Object.assign(globalThis, { fetch, document });
  }
}

Deno.test("A page says in one line that an end is not kept, and nothing of one that is", async () => {
  assert.deepEqual(await shown({ type: "done", outcome: "done", ms: 1, kept: false }), [NOT_KEPT]);
  assert.deepEqual(await shown({ type: "done", outcome: "done", ms: 1 }), []);
});
