import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { Blocks, button, image, json, on } from "atoll";
import { Engine } from "@/lib/engine/engine.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { MOST_VALUES } from "@/lib/value/json_count.ts";
import { type AtollState, hostPages } from "./host.ts";

const PNG = Uint8Array.fromHex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489");

function open() {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({ blobs, clock, random, secret: random(32), broke: (error) => String(error) });
  const page = Blocks({
    fields: { photo: image(), data: json({ value: 0 }), go: button("Go") },
    actions: ({ photo, data, go }) => ({
      act: on(go.click, { inputs: { photo, data }, outputs: data, fn: ({ data }) => data }),
      other: on(go.click, { outputs: data, fn: () => "done" }),
    }),
  });
  const handle = new App<AtollState>()
    .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
    .use(hostPages({ engine, blobs, clock, maxUploadBytes: 1000, dev: false }))
    .route("/demo", { component: page as never }).handler();
  const session = engine.sessions.mint();
  const keep = async (token: string) =>
    (await blobs.put(PNG, { owner: engine.sessions.open(token).id, name: "a.png" })).id;
  return {
    engine,
    session,
    keep,
    post: async (entries: Record<string, string>, action = "act") => {
      const body = new URLSearchParams({ $session: session, [`$run.${action}`]: "", ...entries });
      const answer = await handle(new Request("http://127.0.0.1/demo", { method: "POST", body }));
      return { status: answer.status, text: await answer.text() };
    },
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
    },
  };
}

const ref = (id: string, url: string) =>
  JSON.stringify({ id, url, name: "a.png", size: 9, mime: "image/png" });

Deno.test("A form shows the session's own file at the server's address, whatever the reference says", async () => {
  await using app = open();
  const id = await app.keep(app.session);
  const { status, text } = await app.post({ photo: ref(id, "https://elsewhere.example/a.png") });
  assert.equal(status, 200);
  assert.match(text, new RegExp(`src="/demo/files/${id}["?]`));
  assert.doesNotMatch(text, /elsewhere/);
});

for (
  const [what, url] of [
    ["its own address", (id: string) => `/demo/files/${id}`],
    ["an address elsewhere", () => "https://elsewhere.example/a.png"],
    ["an address that begins with two slashes", () => "//elsewhere.example/a.png"],
    ["another page", (id: string) => `/other/files/${id}`],
  ] as const
) {
  Deno.test(`A form does not show another session's file by ${what}`, async () => {
    await using app = open();
    const id = await app.keep(app.engine.sessions.mint());
    for (const action of ["act", "other"]) {
      const { status, text } = await app.post({ photo: ref(id, url(id)) }, action);
      assert.equal(status, action === "act" ? 422 : 200);
      assert.doesNotMatch(text, new RegExp(`elsewhere|${id}`));
    }
  });
}

for (const action of ["act", "other"]) {
  for (
    const url of [
      "https://elsewhere.example/a.png",
      "HTTP://elsewhere.example/a.png",
      "//elsewhere.example/a.png",
      "/\\elsewhere.example/a.png",
      "data:image/svg+xml,elsewhere.example",
    ]
  ) {
    Deno.test(`A form for ${action} draws no picture from ${url}`, async () => {
      await using app = open();
      const { text } = await app.post({ photo: ref("A".repeat(24), url) }, action);
      assert.ok(text.includes("<form"), "a page is drawn");
      assert.doesNotMatch(text, /elsewhere/);
    });
  }
}

Deno.test("A form is refused at the field whose JSON has more values than are taken", async () => {
  await using app = open();
  const { status, text } = await app.post({ data: `[${"1,".repeat(MOST_VALUES)}1]` });
  assert.equal(status, 422);
  assert.match(text, /It has more than 50000 values/);
});
