import assert from "node:assert/strict";
import { builtIn } from "@/components/mod.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { PageGraph } from "@/lib/value/page.ts";
import { EVENT_STREAM, writeFrame } from "@/lib/wire/event_stream.ts";
import { Session } from "@/lib/client/session.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A page with a field `it`, whose event starts an action; its server answers when it is told to. */
function open(event: string) {
  const page: PageGraph = {
    url: "http://127.0.0.1/demo",
    session: "token",
    fields: { it: { value: null, props: {}, interactive: true } },
    actions: {
      act: { when: [`it:${event}`], takes: {}, rest: [], gives: [], mode: "alwaysLast", cancels: [] },
    },
  };
  const sent: JsonObject[] = [];
  const answers: ((answer: Response) => void)[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (_, init) => {
    const { event, action, resume, cancel } = JSON.parse(init?.body as string) as JsonObject;
    if (cancel !== undefined) return Promise.resolve(Response.json({ cancelled: true }));
    const all = { action, event, resume };
    sent.push(
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject,
    );
    return new Promise((resolve) => answers.push(resolve));
  };
  const end = async () => {
    answers.shift()?.(
      new Response(writeFrame({ type: "done", outcome: "done", ms: 1 }, "run", 1), {
        headers: { "content-type": EVENT_STREAM },
      }),
    );
    while (session.going.size > 0 && answers.length === 0) await turn();
  };
  const session = new Session(page);
  return { session, sent, end, [Symbol.dispose]: () => void (globalThis.fetch = fetch) };
}

for (const { kind, events } of builtIn) {
  for (const [event, schema] of Object.entries(events)) {
    const carries = schema !== null;
    Deno.test(`alwaysLast starts again with ${carries ? "what the last" : "no detail for the last"} ${event} of ${kind} ${carries ? "carried" : ""}`, async () => {
      using page = open(event);
      const { session, sent, end } = page;
      const details = carries ? [{ n: 1 }, { n: 2 }, { n: 3 }] : [undefined, undefined, undefined];
      for (const detail of details) session.raise("it", event, detail);
      await turn();
      await end();
      await end();
      assert.equal(session.going.size, 0);
      const when = `it:${event}`;
      const body = (detail: Json | undefined) => ({
        action: "act",
        event: detail === undefined ? { when } : { when, detail },
      });
      assert.deepEqual(sent, [body(details[0]), body(details[2])]);
    });
  }
}

Deno.test("alwaysLast starts again without a detail when the last event carried none", async () => {
  using page = open("pick");
  const { session, sent, end } = page;
  session.raise("it", "pick", 1);
  session.raise("it", "pick", 2);
  session.raise("it", "pick");
  await turn();
  await end();
  await end();
  assert.deepEqual(sent, [
    { action: "act", event: { when: "it:pick", detail: 1 } },
    { action: "act", event: { when: "it:pick" } },
  ]);
});

Deno.test("After a reload alwaysLast starts again with what the last event carried", async () => {
  const { getEntriesByType } = performance;
  const { document, location, MutationObserver } = globalThis;
  const { keep, restore } = await import("@/lib/client/keep.ts");
  try {
    Object.assign(globalThis, {
      document: { getElementsByName: () => [] },
      location: { search: "" },
      MutationObserver: class {
        observe() {}
        takeRecords = () => [];
      },
    });
    performance.getEntriesByType = () => [];
    using before = open("pick");
    keep(before.session);
    for (const detail of [1, 2, 3]) before.session.raise("it", "pick", detail);
    await turn();
    dispatchEvent(new Event("pagehide"));
    const kept = sessionStorage.getItem(before.session.notes);
    const [going] = before.session.going;
    before.session.cancel("act");
    await before.end();
    await turn();
    using after = open("pick");
    restore(after.session, kept);
    await turn();
    await after.end();
    await after.end();
    assert.deepEqual(after.sent, [{ resume: going?.id }, {
      action: "act",
      event: { when: "it:pick", detail: 3 },
    }]);
  } finally {
    performance.getEntriesByType = getEntriesByType;
    Object.assign(globalThis, { document, location, MutationObserver });
  }
});
