import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { Fault } from "@/lib/value/fault.ts";
import { label } from "./mod.ts";
import { LabelView, type Ranking } from "./view.tsx";

async function rank(out: unknown, options: Parameters<typeof label>[0] = {}): Promise<Ranking> {
  return await label.component.encode?.(out, undefined as never, label(options).props) as Ranking;
}

Deno.test("label() sorts shares and cuts them to numTopClasses", async () => {
  const ranking = await rank({ cat: 0.1, dog: 0.7, fox: 0.2 }, { numTopClasses: 2 });
  assert.equal(ranking.label, "dog");
  assert.deepEqual(ranking.confidences?.map(({ label }) => label), ["dog", "fox"]);
});

Deno.test("label() shows one class without bars", async () => {
  assert.deepEqual(await rank("cat"), { label: "cat", confidences: null });
});

Deno.test("label() takes a class that is called label", async () => {
  assert.equal((await rank({ label: 0.9, other: 0.1 })).label, "label");
});

Deno.test("label() refuses shares that are no finite number", async () => {
  await assert.rejects(rank({ cat: NaN }), (error) => error instanceof Fault && /"cat"/.test(error.message));
});

Deno.test("label() draws a named bar and a whole percentage for each class", () => {
  const value = { label: "cat", confidences: [{ label: "cat", confidence: 0.876 }] };
  const html = renderToString(
    h(LabelView, {
      id: "it",
      props: { showHeading: true },
      value,
      interactive: false,
      status: { phase: "idle" },
    }),
  );
  assert.match(html, /<meter[^>]*value="0.876"[^>]*aria-label="cat"/);
  assert.match(html, /88 %/);
});

Deno.test("label() keeps the place of its rows while it waits", () => {
  const html = renderToString(
    h(LabelView, {
      id: "it",
      props: { showHeading: true, numTopClasses: 4 },
      value: null,
      interactive: false,
      status: { phase: "running" },
    }),
  );
  assert.equal(html.match(/<li/g)?.length, 4);
});
