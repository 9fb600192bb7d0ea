import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { slider } from "./mod.ts";
import { settle } from "./settle.ts";
import { defaultStep, SliderView } from "./view.tsx";

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
  assert.match(html, /<label for="volume"[^>]*>Volume<\/label>/);
  assert.match(html, /id="volume"[^>]* type="range"/);
  assert.match(html, /aria-label="Volume, number" type="number"/);
  assert.match(html, /<span>1<\/span><span>10<\/span>/);
  assert.match(html, /aria-label="Reset to default value"/);
});

Deno.test("slider() without its reset button, or read-only, has none", () => {
  assert.doesNotMatch(draw({ min: 1, max: 10, buttons: [] }), /Reset/);
  const html = draw({ min: 1, max: 10 }, { interactive: false, set: undefined });
  assert.doesNotMatch(html, /Reset/);
  assert.match(html, /type="range"[^>]* disabled/);
  assert.match(html, /<input[^>]* readonly[^>]* type="number"/);
});

for (
  const [min, max, step] of [
    [0, 10, 1],
    [1, 4, 1],
    [-100, 100, 1],
    [0, 2, 0.01],
    [0, 1, 0.01],
    [0.5, 100, 0.1],
    [0.0001, 0.001, 0.000001],
    [0, 1e-9, 1e-11],
  ] as const
) {
  Deno.test(`slider() from ${min} to ${max} moves by ${step} where no step is named`, () => {
    assert.equal(defaultStep(min, max), step);
  });
}

Deno.test("slider() moves by the step that is named", () => {
  assert.match(draw({ min: 0, max: 1, step: 0.25 }), /step="0.25"/);
});

Deno.test("settle() brings a slider to a position that it may have, and says which and why", () => {
  const tries: [typed: string | number | undefined, value: number, step: number | undefined, string[]][] = [
    ["500", 4, 1, ["say 10 is the most", "set 10", "release 10"]],
    ["-3", 4, undefined, ["say 0 is the least", "set 0", "release 0"]],
    ["3.4", 3, 1, ["say 3 is the nearest"]],
    ["3.4", 3, undefined, ["set 3.4", "release 3.4"]],
    ["", 4, 1, []],
    ["4", 4, 1, []],
    [7, 4, 1, ["set 7", "release 7"]],
    [undefined, 12, 1, ["say 10 is the most", "set 10"]],
    [undefined, 3, 2, ["say 4 is the nearest", "set 4"]],
    [undefined, 4, 2, []],
  ];
  for (const [typed, value, step, expected] of tries) {
    const done: string[] = [];
    settle(
      {
        props: { min: 0, max: 10, step, buttons: [] },
        value,
        set: (next: unknown) => void done.push(`set ${next}`),
        raise: (event, detail) => void done.push(`${event} ${detail}`),
        say: (words) => void done.push(`say ${words}`),
      },
      typeof typed === "string" ? { value: typed, valueAsNumber: typed === "" ? NaN : Number(typed) } : typed,
    );
    assert.deepEqual(done, expected, `${typed} at ${value} in steps of ${step}`);
  }
});
