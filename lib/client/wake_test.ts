import assert from "node:assert/strict";
import type { PageGraph } from "@/lib/value/page.ts";
import { writeFrame } from "@/lib/wire/event_stream.ts";
import { turn } from "@/tests/wired_page.ts";
import { Session } from "./session.ts";

const page: PageGraph = {
  url: "http://127.0.0.1/demo",
  session: "token",
  fields: { go: { value: "Go", props: {}, interactive: true } },
  actions: { told: { when: ["go:seen"], takes: {}, rest: [], gives: [], mode: "multiple", cancels: [] } },
};

/** How often an early press of the button `go` was given to it when the page has opened. */
async function pressed(open: (session: Session) => void): Promise<number> {
  let count = 0;
  const go = { id: "go", click: () => count++ };
  const { document, MutationObserver, fetch } = globalThis;
  // Events wait until the page is open.
  const { promise: sent, resolve: send } = Promise.withResolvers<void>();
  globalThis.fetch = () => {
    send();
    const end = writeFrame({ type: "done", outcome: "done", ms: 1 }, "run", 1);
    return Promise.resolve(new Response(end, { headers: { "content-type": "text/event-stream" } }));
  };
  class Observer {
    observe(): void {}
  }
  const early = { pressed: new Set([go]) };
  Object.assign(globalThis, { document: { body: null }, MutationObserver: Observer, atollEarly: early });
  try {
    const session = new Session(page);
    open(session);
    session.raise("go", "seen");
    await sent;
    do await turn(); while (session.going.size > 0);
    return count;
  } finally {
    Object.assign(globalThis, { document, MutationObserver, fetch, atollEarly: undefined });
  }
}

Deno.test("An early press of a button is given to it when its view is alive", async () => {
  assert.equal(await pressed((session) => session.enter("go")), 1);
});

Deno.test("A button whose signals alone are there keeps its early press", async () => {
  assert.equal(await pressed((session) => session.field("go")), 0);
});
