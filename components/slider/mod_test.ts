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

Deno.test("slider() with a step takes its positions and no others, and brings what handlers give to the next one", async () => {
  for (
    const [min, max, step] of [[0, 10, 1], [0.1, 10, 0.1], [-1, 1, 0.25], [3, 8, 2], [0, 1e-6, 1e-7]] as const
  ) {
    const { wire, encode } = slider.component;
    const props = { min, max, step };
    for (let at = 0; min + at * step <= max; at++) {
      const value = Number((min + at * step).toFixed(10));
      assert.equal(wire(props).safeParse(value).success, true, `${value} of ${JSON.stringify(props)}`);
    }
    assert.equal(wire(props).safeParse(max).success, true);
    const between = min + 1.4 * step;
    assert.equal(wire(props).safeParse(between).success, false, `${between}`);
    const given = await encode?.(between, {} as never, props) as number;
    assert.ok(Math.abs(given - (min + step)) < 1e-12, `${given}`);
    assert.equal(wire(props).safeParse(given).success, true);
  }
  assert.equal(slider.component.wire({ min: 0, max: 10 }).safeParse(3.14159).success, true);
  assert.throws(() => slider({ min: 0, max: 10, step: 1, value: 3.5 }), /steps of 1 from 0/);
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
