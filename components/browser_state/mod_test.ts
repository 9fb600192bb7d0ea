import assert from "node:assert/strict";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { button } from "@/components/button/mod.ts";
import { textbox } from "@/components/textbox/mod.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { browserState } from "./mod.ts";

const page = Blocks({
  fields: {
    seen: browserState<string[]>(["first"], { key: "seen" }),
    other: browserState(0, { key: "other" }),
    all: textbox(),
    add: button("Add"),
  },
  actions: ({ seen, other, all, add }) => ({
    add: on(add.click, {
      inputs: { seen },
      outputs: { seen, all },
      fn: ({ seen }) => ({ seen: [...seen, "more"], all: seen.join() }),
    }),
    count: on(add.click, { inputs: { other }, outputs: all, fn: ({ other }) => `${other}` }),
  }),
});

Deno.test("browserState() gives its first value until the browser has one, and what it wrote after that", async () => {
  await using app = openDemo(page);
  const first = await app.run("add");
  assert.equal(first.all, "first");
  const second = await app.run("add", { seen: first.seen as string });
  assert.equal(second.all, "first,more");
});

Deno.test("browserState() is of no use to who reads or changes it", async () => {
  await using app = openDemo(page);
  const { seen } = await app.run("add") as { seen: string };
  assert.ok(!atob(seen.replaceAll("-", "+").replaceAll("_", "/")).includes("more"));
  for (let at = 0; at < seen.length; at += 3) {
    const changed = seen.slice(0, at) + (seen[at] === "A" ? "B" : "A") + seen.slice(at + 1);
    assert.equal((await app.run("add", { seen: changed })).all, "first");
  }
  for (const wrong of ["x", "!", "a".repeat(60), seen.slice(0, 20)]) {
    assert.equal((await app.run("add", { seen: wrong })).all, "first");
  }
});

Deno.test("browserState() takes no value of another key, nor of a server of another secret", async () => {
  await using app = openDemo(page);
  await using stranger = openDemo(page);
  const { seen } = await app.run("add") as { seen: string };
  assert.deepEqual(await app.run("count", { other: seen }), { all: "0" });
  assert.equal((await stranger.run("add", { seen })).all, "first");
});

Deno.test("browserState() of somebody who is logged in is of no use to another who sits at the same browser", async () => {
  await using app = openDemo(page);
  const as = (id: string) => ({ request: { user: { id, name: id, roles: [] } } });
  const { seen } = await app.run("add", {}, as("ada")) as { seen: string };
  assert.equal((await app.run("add", { seen }, as("ada"))).all, "first,more");
  assert.equal((await app.run("add", { seen }, as("bob"))).all, "first");
  assert.equal((await app.run("add", { seen })).all, "first");
  const { seen: open } = await app.run("add") as { seen: string };
  assert.equal((await app.run("add", { seen: open }, as("ada"))).all, "first");
});

Deno.test("browserState() refuses what is no plain data, and a missing key", () => {
  assert.throws(() => browserState(new Map(), { key: "a" }), TypeError);
  assert.throws(() => browserState(1, { key: "" }), TypeError);
});

Deno.test("browserState() says which part of a value is no JSON", async () => {
  assert.throws(() => browserState({ at: new Date(0) }, { key: "at" }), {
    name: "TypeError",
    message:
      "Cannot declare browser_state: its first value must be JSON, but at is a Date. Give its toISOString() instead",
  });
  await using app = openDemo(Blocks({
    fields: { kept: browserState<unknown>(null, { key: "kept" }), go: button("Go") },
    actions: ({ kept, go }) => ({ run: on(go.click, { outputs: kept, fn: () => ({ list: [NaN] }) }) }),
  }));
  await assert.rejects(app.run("run"), {
    message: 'The value of "kept" must be JSON, but list[0] is NaN. Give null instead',
  });
});
