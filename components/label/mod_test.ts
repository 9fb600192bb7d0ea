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

Deno.test("label() refuses what is no share, and says what would be right", async () => {
  const says = (message: string) => (error: unknown) => {
    assert.ok(error instanceof Fault);
    assert.equal(error.message, message);
    return true;
  };
  for (const wrong of [NaN, 1.2, -0.5, Infinity]) {
    const message = `Cannot rank "cat" with a confidence of ${wrong}: give a share from 0 to 1`;
    await assert.rejects(rank({ cat: wrong }), says(message));
    await assert.rejects(
      rank({ label: "cat", confidences: [{ label: "cat", confidence: wrong }] }),
      says(message),
    );
  }
  await assert.rejects(
    rank({ cat: "90 %" }),
    says('Cannot rank "cat" with a confidence of text: give a share from 0 to 1'),
  );
  for (const [wrong, what] of [[0.7, "0.7"], [["cat"], "a list"], [undefined, "nothing"]]) {
    await assert.rejects(
      rank(wrong),
      says(
        `Cannot rank ${what}: give one class as text, or a record of shares such as { cat: 0.9, dog: 0.1 }`,
      ),
    );
  }
});

Deno.test("label() takes shares that are more than 1 by rounding", async () => {
  assert.equal((await rank({ cat: 1.0000001, dog: -1e-9 })).confidences?.[0]?.confidence, 1);
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
  // A note would count seconds.
  assert.match(html, /<p class="at-best text-soft">No result yet</);
  assert.match(html, /<ul[^>]* aria-hidden="true"/, "its empty rows are not read out");
});
