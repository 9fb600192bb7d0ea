import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Json } from "@/lib/value/json.ts";
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
