import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { dataset } from "./mod.ts";
import { DatasetView } from "./view.tsx";

function draw(options: Parameters<typeof dataset>[0]): string {
  return renderToString(
    h(DatasetView, {
      id: "it",
      props: dataset(options).props as never,
      value: null,
      interactive: true,
      status: { phase: "idle" },
      submits: "$run.example",
    }),
  );
}

Deno.test("dataset() is a table with one button a row", () => {
  const html = draw({ headers: ["Name", "Age"], samples: [["Ada", 36], ["Alan", 41]] });
  assert.equal(html.match(/<th [^>]*scope="col"/g)?.length, 2);
  assert.match(html, /<button type="submit"[^>]* name="\$run.example" value="1"[^>]*>Alan<\/button>/);
  assert.equal(html.match(/<button/g)?.length, 2);
});

Deno.test("dataset() is a row of chips where there is one column", () => {
  assert.doesNotMatch(draw({ headers: ["Name"], samples: [["Ada"], ["Alan"]] }), /<table/);
});

Deno.test("dataset() draws pictures, and words where it is told words", () => {
  const picture = { id: "a".repeat(22), url: "/f", name: "cat.png", size: 1, mime: "image/png" };
  const html = draw({
    headers: ["Photo", "Mode"],
    samples: [[picture, { k: 1 }]],
    summaries: [["A cat", "fast"]],
  });
  assert.match(html, /<img[^>]* src="\/f[^"]*"[^>]* alt="A cat"/);
  assert.match(html, /<td[^>]*>fast<\/td>/);
});

Deno.test("dataset() rejects rows that do not fit its headers", () => {
  assert.throws(() => dataset({ headers: ["a", "b"], samples: [["x"]] }), TypeError);
});

Deno.test("dataset() asks no other site for a picture", () => {
  for (
    const url of [
      "https://elsewhere.test/x",
      "//elsewhere.test/x",
      "/\\elsewhere.test/x",
      "/\t/elsewhere.test/x",
    ]
  ) {
    const html = draw({ headers: ["Photo"], samples: [[{ url, name: "cat.png", mime: "image/png" }]] });
    assert.doesNotMatch(html, /<img|elsewhere/);
    assert.match(html, /cat\.png/);
  }
});

Deno.test("dataset() names each button by all cells, never by nothing, and says which is chosen", () => {
  const html = renderToString(
    h(DatasetView, {
      id: "it",
      props: dataset({ headers: ["A", "A"], samples: [["", 3], [null, "x"]] }).props as never,
      value: 1,
      interactive: true,
      status: { phase: "idle" },
    }),
  );
  const buttons = [...html.matchAll(/<button[^>]*>[^<]*/g)].map(([button]) => button);
  assert.match(buttons[0] as string, /aria-pressed="false"[^>]* aria-label="\(empty\), 3"[^>]*>\(empty\)$/);
  assert.match(buttons[1] as string, /aria-pressed="true"[^>]* aria-label="\(empty\), x"[^>]*>\(empty\)$/);
});

Deno.test("dataset() draws a picture that is in its address, and no other data", () => {
  const row = (url: string) =>
    draw({ headers: ["Photo"], samples: [[{ url, name: "cat.png", mime: "image/png" }]] });
  assert.match(row("data:image/png;base64,AAAA"), /<img[^>]* src="data:image\/png;base64,AAAA"/);
  for (const url of ["data:text/html;base64,AAAA", "data:image/svg+xml,<svg/>", "javascript:1", "cat.png"]) {
    assert.doesNotMatch(row(url), /<img/, url);
  }
});
