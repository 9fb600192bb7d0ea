import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { slider } from "./mod.ts";
import { SliderView } from "./view.tsx";

function draw(options: Parameters<typeof slider>[0], more: object = {}): string {
  const field = slider(options);
  return renderToString(
    h(SliderView, {
      id: "volume",
      props: field.props as never,
      value: field.initial as number,
      interactive: true,
      status: { phase: "idle" },
      set: () => {},
      raise: () => {},
      ...more,
    }),
  );
}

Deno.test("slider() starts at its minimum", () => assert.equal(slider({ min: 3, max: 9 }).initial, 3));

Deno.test("slider() rejects a value above max", () => {
  assert.throws(() => slider({ min: 0, max: 10, value: 11 }), /value 11/);
});

Deno.test("slider() rejects limits that leave no number between them", () => {
  assert.throws(() => slider({ min: 2, max: 1 }), TypeError);
});

Deno.test("slider() names its range and its box, and prints its limits", () => {
  const html = draw({ min: 1, max: 10, label: "Volume" });
  assert.match(html, /type="range"[^>]* aria-label="range slider for Volume"/);
  assert.match(html, /aria-label="number input for Volume"/);
  assert.match(html, /<span>1<\/span><span>10<\/span>/);
  assert.match(html, /aria-label="Reset to default value"/);
});

Deno.test("slider() without its reset button, or read-only, has none", () => {
  assert.doesNotMatch(draw({ min: 1, max: 10, buttons: [] }), /Reset/);
  const html = draw({ min: 1, max: 10 }, { interactive: false, set: undefined });
  assert.doesNotMatch(html, /Reset/);
  assert.equal(html.match(/<input[^>]* disabled/g)?.length, 2);
});

Deno.test("slider() moves by whole numbers, or by hundredths within a small range", () => {
  assert.match(draw({ min: 0, max: 10 }), /step="1"/);
  assert.match(draw({ min: 0, max: 1 }), /step="0.01"/);
  assert.match(draw({ min: 0, max: 1, step: 0.25 }), /step="0.25"/);
});
