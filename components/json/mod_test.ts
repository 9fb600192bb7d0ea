import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { Json } from "@/lib/value/json.ts";
import { button } from "@/components/button/mod.ts";
import { dataset } from "@/components/dataset/mod.ts";
import { json } from "./mod.ts";
import { JsonView } from "./view.tsx";

function draw(value: Json, open = 2): string {
  return renderToString(
    h(JsonView, {
      id: "it",
      props: { open, buttons: [] },
      value,
      interactive: false,
      status: { phase: "idle" },
    }),
  );
}

Deno.test("json() opens as many levels as it is told", () => {
  const value = { a: { b: { c: 1 } } };
  assert.equal(draw(value, 0).match(/<details open/g), null);
  assert.equal(draw(value, 2).match(/<details open/g)?.length, 2);
});

Deno.test("json() draws empty lists and objects, and text as text", () => {
  const html = draw({ a: [], b: {}, c: "<b>" });
  assert.ok(html.includes("[]") && html.includes("{}") && html.includes("&lt;b>"));
});

Deno.test("json() cuts long lists and says how much is left out", () => {
  assert.match(draw(Array.from({ length: 250 }, (_, index) => index)), /50 more/);
});

Deno.test("json() reads JSON from a form, and other text as text", () => {
  const read = (text: string) => json.component.form({ texts: [text], files: [] }, {});
  assert.deepEqual(read('{"a":1}'), { a: 1 });
  assert.equal(read("{a"), "{a");
});

Deno.test("json() says which part of an answer is no JSON, and leaves out what is undefined", async () => {
  let given: unknown;
  await using app = openDemo(Blocks({
    fields: { go: button("Go"), data: json({ label: "Data" }) },
    actions: ({ go, data }) => ({ run: on(go.click, { outputs: data, fn: () => given as Json }) }),
  }));
  given = { rows: [{ mean: 1 }, { mean: NaN }] };
  await assert.rejects(app.run("run"), {
    message: "Data must be JSON, but rows[1].mean is NaN. Give null instead",
  });
  given = { when: new Date(0) };
  await assert.rejects(app.run("run"), {
    message: "Data must be JSON, but when is a Date. Give its toISOString() instead",
  });
  given = { id: 12n };
  await assert.rejects(app.run("run"), {
    message: "Data must be JSON, but id is a BigInt. Give a number or text instead",
  });
  given = { a: 1, b: undefined };
  assert.deepEqual(await app.run("run"), { data: { a: 1 } });
});

Deno.test("json() and dataset() say which part of a first value is no JSON", () => {
  const big = { id: 12n } as unknown as Json;
  assert.throws(() => json({ value: big }), {
    name: "TypeError",
    message: /must be JSON, but id is a BigInt\. Give a number or text instead$/,
  });
  assert.throws(() => dataset({ headers: ["a"], samples: [["x"], [big]] }), {
    name: "TypeError",
    message: /"samples\.1\.0": must be JSON, but id is a BigInt/,
  });
  const mine = { a: 1 };
  dataset({ headers: ["a"], samples: [[mine]] });
  mine.a = 2;
});
