import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { Blocks, button, image, on, textbox } from "atoll";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { type AtollState, hostPages } from "./host.ts";

const ELSEWHERE = "elsewhere.example";

const page = Blocks({
  fields: { photo: image(), out: textbox(), go: button("Go") },
  actions: ({ photo, out, go }) => ({
    run: on(go.click, { inputs: { photo }, outputs: out, fn: () => "done" }),
    other: on(go.click, { outputs: out, fn: () => "done" }),
  }),
});

for (const action of ["run", "other"]) {
  for (
    const url of [
      `https://${ELSEWHERE}/a.png`,
      `HTTP://${ELSEWHERE}/a.png`,
      `//${ELSEWHERE}/a.png`,
      `/\\${ELSEWHERE}/a.png`,
      `data:image/svg+xml,${ELSEWHERE}`,
    ]
  ) {
    Deno.test(`A form for ${action} draws no picture from ${url}`, async () => {
      const clock = fakeClock();
      const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
      const blobs = memoryBlobs({ now: clock.now, random });
      const engine = new Engine({
        blobs,
        clock,
        random,
        secret: random(32),
        broke: (error) => String(error),
      });
      const handle = new App<AtollState>()
        .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
        .use(hostPages({ engine: engine, blobs, clock, maxUploadBytes: 1, dev: false }))
        .route("/demo", { component: page as never }).handler() as (request: Request) => Promise<Response>;
      const photo = { id: "A".repeat(24), url, name: "a.png", size: 1, mime: "image/png" };
      const body = new FormData();
      body.set("$session", engine.sessions.mint());
      body.set("photo", JSON.stringify(photo));
      body.set(`$run.${action}`, "");
      const answer = await handle(new Request("http://localhost/demo", { method: "POST", body }));
      const html = await answer.text();
      assert.ok(html.includes("<form"), "no page was drawn");
      assert.ok(!html.includes(ELSEWHERE));
      engine.close();
      await blobs[Symbol.asyncDispose]();
    });
  }
}
