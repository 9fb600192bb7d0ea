import assert from "node:assert/strict";
import { h, options } from "preact";
import { renderToString } from "preact-render-to-string";
import { button } from "./mod.ts";
import { ButtonView } from "./view.tsx";

function draw(given: Parameters<typeof button>[0], more: object = {}): string {
  const { props, initial } = button(given);
  return renderToString(
    h(ButtonView, {
      id: "go",
      props: props as never,
      value: initial as string,
      interactive: true,
      status: { phase: "idle" },
      ...more,
    }),
  );
}

Deno.test("button() says its label, given alone or among options", () => {
  for (const html of [draw("Blur"), draw({ label: "Blur" })]) assert.match(html, /<span[^>]*>Blur<\/span>/);
});

Deno.test("button() sends the form only where it stands for an action", () => {
  assert.match(draw("Go"), /type="button"/);
  assert.match(draw("Go", { submits: "$run.go" }), /type="submit" name="\$run.go"/);
});

Deno.test("button() says the label that a handler gave it", () => {
  assert.match(draw("Go", { value: "Stop" }), /<span[^>]*>Stop<\/span>/);
});

Deno.test("button() with interactive: false is off", () => {
  assert.match(draw({ label: "Go", interactive: false }), /disabled/);
  assert.match(
    draw({ label: "Go", link: "/x", interactive: false }),
    /<a(?![^>]* href)[^>]* role="link"[^>]* aria-disabled="true"/,
  );
});

Deno.test("button() with a link that is off raises nothing when it is clicked", () => {
  const raised: string[] = [];
  const { vnode } = options;
  for (const interactive of [true, false]) {
    options.vnode = (made) => {
      const { onClick } = made.props as { onClick?: (event: Event) => void };
      if (made.type === "a") onClick?.(new Event("click"));
    };
    try {
      draw({ label: "Go", link: "/x", interactive }, {
        raise: () => raised.push(`interactive ${interactive}`),
      });
    } finally {
      if (vnode) options.vnode = vnode;
      else delete options.vnode;
    }
  }
  assert.deepEqual(raised, ["interactive true"]);
});

Deno.test("button() with a link is a link, and keeps its tab to itself", () => {
  const html = draw({ label: "Go", link: "https://example.org", newTab: true });
  assert.match(
    html,
    /<a[^>]* href="https:\/\/example.org"[^>]* target="_blank"[^>]* rel="noopener noreferrer"/,
  );
});

Deno.test("button() rejects links that run script or leave the scheme open", () => {
  for (
    const link of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "/\\evil.example",
      " javascript:x",
      "ftp://x",
    ]
  ) {
    assert.throws(() => button({ label: "Go", link }), TypeError, link);
  }
  for (const link of ["/demos/shout", "./x", "#top", "?a=1", "mailto:a@example.org", "http://example.org"]) {
    button({ label: "Go", link });
  }
});

Deno.test("button() has pictures of this site only", () => {
  assert.match(draw({ label: "Go", icon: "/x.png" }), /<img[^>]* src="\/x\.png/);
  const svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
  assert.match(draw({ label: "Go", icon: svg }), /<img[^>]* src="data:image\/svg/);
  for (
    const icon of ["https://elsewhere.test/x", "//elsewhere.test/x", "/\t/elsewhere.test/x", "javascript:1"]
  ) {
    assert.throws(() => button({ label: "Go", icon }), TypeError, icon);
  }
});
