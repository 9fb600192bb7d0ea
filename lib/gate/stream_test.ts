import assert from "node:assert/strict";
import { button, on, textbox } from "@/lib/mod.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { runForm } from "./plain_form.ts";
import { answerRun } from "./stream.ts";

/** A demo whose handler goes on until it is let go. */
function open() {
  const hold = Promise.withResolvers<void>();
  const page = Blocks({
    fields: { out: textbox(), go: button("Go") },
    actions: ({ out, go }) => ({
      slow: on(go.click, {
        outputs: out,
        async *fn() {
          yield "begun";
          await hold.promise;
          yield "over";
        },
      }),
    }),
  });
  return { app: openDemo(page), page, hold };
}

Deno.test("answerRun() ends its stream with the run, for a reader too who claims to have seen more than there is", async () => {
  const { app, hold } = open();
  await using _ = app;
  const run = app.submit("slow");
  await new Promise((resolve) => setTimeout(resolve));
  const text = answerRun(app.engine, run, app.clock, 1000).text();
  await new Promise((resolve) => setTimeout(resolve));
  hold.resolve();
  assert.equal(await text, "");
  assert.equal(app.engine.load.streams, 0);
});

Deno.test("runForm() reads a run as long as the browser waits for its page: then the grace time begins", async () => {
  const { app, page, hold } = open();
  await using _ = app;
  const browser = new AbortController();
  const request = new Request("http://127.0.0.1/demo", { method: "POST", signal: browser.signal });
  const outcome = runForm(
    { request, page: "/demo", client: () => "" },
    new Map([["$run.slow", { texts: [""], files: [] }]]),
    { demo: page.demo, engine: app.engine, token: app.session, fileOf: () => Promise.resolve(undefined) },
  );
  await new Promise((resolve) => setTimeout(resolve));
  app.clock.tick(120_000);
  assert.equal(app.engine.load.busy, 1);
  browser.abort();
  app.clock.tick(60_000);
  const { code } = await outcome;
  assert.deepEqual([code, app.engine.load.streams], [200, 0]);
  hold.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(app.engine.load.busy, 0);
});
