import assert from "node:assert/strict";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { on } from "@/lib/demo/action.ts";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { EngineOptions } from "./engine.ts";
import type { Run } from "./run.ts";

const COUNT = 50;
const GRACE_MS = 60_000;

/** Others, who take all the room that they can get. */
interface Crowd {
  /** How many sessions there are. */
  readonly sessions: number;
  /** How many runs each of them has. */
  readonly runs: number;
  /** How many letters each result has. */
  readonly letters?: number;
  /** Whether they see their results. */
  readonly see: boolean;
}

const crowds: Readonly<Record<string, Crowd>> = {
  "one session with many runs": { sessions: 1, runs: 1000, see: true },
  "one session that sees none of its results": { sessions: 1, runs: 1000, see: false },
  "one session with large results": { sessions: 1, runs: 40, letters: 100_000, see: true },
  "one session with large results that it does not see": {
    sessions: 1,
    runs: 40,
    letters: 100_000,
    see: false,
  },
  "three sessions": { sessions: 3, runs: 300, see: true },
  "ten sessions": { sessions: 10, runs: 100, see: true },
  "ten sessions that see nothing": { sessions: 10, runs: 20, see: false },
  "twenty sessions with large results": { sessions: 20, runs: 20, letters: 20_000, see: true },
  "as many sessions as there is room for": { sessions: COUNT, runs: 4, see: true },
  "many more sessions than there is room for": { sessions: 500, runs: 1, see: true },
};

for (const [what, { sessions, runs, letters = 1, see }] of Object.entries(crowds)) {
  Deno.test(`KeptRuns keeps a result that its reader has not seen, whatever others do: ${what}`, async () => {
    await using app = demo();
    const mine = app.ask(app.session, 1);
    // Somebody who has seen it may want it again, as when the answer was lost on its way.
    const seen = app.ask(app.engine.sessions.mint(), 1);
    app.engine.seen(seen);
    for (let session = 0; session < sessions; session++) {
      const token = app.engine.sessions.mint();
      for (let at = 0; at < runs; at++) {
        const run = app.ask(token, letters);
        if (see) app.engine.seen(run);
      }
    }
    assert.equal(app.find(mine), mine);
    if (sessions < COUNT) assert.equal(app.find(seen), seen);
    app.clock.tick(GRACE_MS);
    assert.equal(app.find(mine), mine);
  });
}

Deno.test("KeptRuns makes room by the oldest run of the session that has most", async () => {
  await using app = demo();
  const few = Array.from({ length: 5 }, () => app.seen(app.session));
  const token = app.engine.sessions.mint();
  const many = Array.from({ length: 200 }, () => app.seen(token));
  assert.ok(few.every((run) => app.find(run)));
  const left = many.filter((run) => app.find(run));
  assert.equal(left.length, COUNT - few.length);
  assert.deepEqual(left, many.slice(-left.length));
});

Deno.test("KeptRuns makes room by what was seen, also behind a result of the same session that nobody has seen", async () => {
  await using app = demo();
  const sessions = Array.from({ length: 10 }, () => app.engine.sessions.mint());
  const unseen = sessions.map((session) => app.ask(session, 1));
  for (let at = 0; at < 100; at++) for (const session of sessions) app.seen(session);
  assert.ok(unseen.every((run) => app.find(run) === run));
  assert.ok(app.engine.load.runs <= COUNT + sessions.length, String(app.engine.load.runs));
});

Deno.test("KeptRuns is bounded in bytes by what nobody has seen, too", async () => {
  await using app = demo();
  for (let session = 0; session < 100; session++) app.ask(app.engine.sessions.mint(), 50_000);
  // A megabyte of results of 50,000 letters each.
  assert.ok(app.engine.load.runs <= 20, String(app.engine.load.runs));
});

Deno.test("KeptRuns lets go of what nobody has seen once the grace time is over, and of all after its time", async () => {
  await using app = demo();
  for (let at = 0; at < 200; at++) app.ask(app.session, 1);
  assert.equal(app.engine.load.runs, 200);
  app.clock.tick(GRACE_MS);
  for (let at = 0; at < 200; at++) app.seen(app.session);
  assert.equal(app.engine.load.runs, COUNT);
  app.clock.tick(60 * 60_000 + 1);
  for (let at = 0; at < COUNT; at++) app.seen(app.engine.sessions.mint());
  assert.ok(app.engine.load.runs <= COUNT);
  assert.equal(app.engine.load.runs, COUNT);
});

Deno.test("KeptRuns keeps a run that is being read", async () => {
  await using app = demo();
  const read = app.seen(app.session);
  const reader = app.engine.attend(read);
  for (let at = 0; at < 500; at++) app.seen(app.session);
  app.clock.tick(GRACE_MS);
  for (let at = 0; at < 500; at++) app.seen(app.session);
  assert.equal(app.find(read), read);
  reader[Symbol.dispose]();
  for (let at = 0; at < 500; at++) app.seen(app.session);
  assert.equal(app.find(read), undefined);
});

Deno.test("KeptRuns leaves it to a journal to keep what nobody has seen", async () => {
  await using app = demo({ keptRuns: 0 });
  for (let at = 0; at < 100; at++) app.ask(app.session, 1);
  assert.ok(app.engine.load.runs <= 1);
});

function demo(options: Partial<EngineOptions> = {}) {
  const page = Blocks({
    fields: { a: text(), b: text(), go: push() },
    actions: ({ a, b, go }) => ({ act: on(go.click, { inputs: a, outputs: b, fn: (a) => a }) }),
  });
  const app = openDemo(page, { keptRuns: COUNT, keptBytes: 2 ** 20, graceMs: GRACE_MS, ...options });
  const ask = (session: string, letters: number) =>
    app.submit("act", { a: "x".repeat(letters) }, { session });
  return Object.assign(app, {
    ask,
    seen(session: string): Run {
      const run = ask(session, 1);
      app.engine.seen(run);
      return run;
    },
    find(run: Run): Run | undefined {
      try {
        return app.engine.find(run.id, { session: run.call.session.id, page: "/demo" });
      } catch {
        return undefined;
      }
    },
  });
}
