import assert from "node:assert/strict";
import { allPayloads, ELSEWHERE } from "@/tests/canaries.ts";
import { asText, safeHtml } from "./safe_html.ts";
import { renderMarkdown } from "./markdown.ts";

const TAGS = new Set(
  ("h1 h2 h3 h4 h5 h6 p br hr wbr blockquote ul ol li dl dt dd pre code kbd samp var em strong i b u s del ins sub sup " +
    "small mark abbr q cite dfn time bdi bdo ruby rt rp a img figure figcaption table caption colgroup col thead tbody " +
    "tfoot tr th td details summary section article div span").split(" "),
);
const ATTRIBUTES = new Set(
  "title lang dir href rel target src alt width height loading align colspan rowspan scope span start datetime open"
    .split(" "),
);

/** What is wrong with markup that should be safe: read strictly, so that nothing can be read otherwise. */
function flaws(html: string): string[] {
  const found: string[] = [];
  // What safeHtml() itself adds, to the letter.
  const given = html.replace(
    / tabindex="0"(?: role="group")?(?: aria-label="(?:Code|Text|Table)")?(?=>)/g,
    "",
  );
  const rest = given.replace(
    /<\/?([a-z][a-z0-9]*)((?: [a-z]+(?:="[^"<>]*")?)*)(?: \/)?>/g,
    (tag, name: string, written: string) => {
      if (!TAGS.has(name)) found.push(tag);
      for (const [, attribute = "", value = ""] of written.matchAll(/ ([a-z]+)(?:="([^"]*)")?/g)) {
        if (!ATTRIBUTES.has(attribute)) found.push(tag);
        if (attribute === "href" && /^[^/?#]*:/.test(value) && !/^(https?:\/\/|mailto:)/.test(value)) {
          found.push(tag);
        }
        if (attribute === "src" && (/^([a-z]+:|\/?[/\\]{2})/i.test(value) || value.includes(ELSEWHERE))) {
          found.push(tag);
        }
      }
      return "";
    },
  );
  if (/[<>]/.test(rest)) found.push(rest);
  return found;
}

for (const [name, text] of allPayloads) {
  Deno.test(`safeHtml() and renderMarkdown() leave nothing of ${name} that could act`, () => {
    for (const html of [safeHtml(text), safeHtml(`<b>before</b>${text}`), renderMarkdown(text).html]) {
      assert.deepEqual(flaws(html), []);
      assert.equal(safeHtml(html), html, "what is safe is not left as it is");
    }
  });

  Deno.test(`safeHtml() leaves nothing that could act of any beginning of ${name}`, () => {
    // As it streams in: each state is shown.
    for (let end = 1; end < Math.min(text.length, 400); end++) {
      assert.deepEqual(flaws(safeHtml(text.slice(0, end))), [], text.slice(0, end));
      assert.deepEqual(flaws(renderMarkdown(text.slice(0, end)).html), [], text.slice(0, end));
    }
  });
}

Deno.test("flaws() finds what is not safe", () => {
  for (
    const html of [
      "<script>1</script>",
      "<b onclick=1>",
      '<b onclick="1">',
      '<a href="javascript:1">x</a>',
      '<img src="//x/y">',
      '<img src="https://x/y">',
      '<p style="a">',
      "a < b",
      '<p title="<b>">',
    ]
  ) assert.notDeepEqual(flaws(html), [], html);
});

Deno.test("safeHtml() keeps prose, lists, tables, details, links and pictures of this site", () => {
  for (
    const html of [
      "<h2>A</h2><p>b <em>c</em><br />d</p><ul><li>e</li></ul>",
      '<table tabindex="0" aria-label="Table"><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>',
      "<details open><summary>a</summary>b</details>",
      '<img src="/files/x" loading="lazy" alt="y" />',
      '<img src="x/y.png?z" loading="lazy" />',
      '<img src="data:image/png;base64,AAAA" loading="lazy" />',
      '<a href="/demos/x">x</a>',
      '<a href="x?y#z">x</a>',
      '<a href="mailto:a@example.org">x</a>',
      '<a href="https://x.example/" rel="noopener noreferrer nofollow" target="_blank">x</a>',
      "3 &lt; 4 &amp; 5 &gt; 2",
    ]
  ) assert.equal(safeHtml(html), html);
});

Deno.test("safeHtml() lets no markup name itself, nor move the focus", () => {
  const own = 'tabindex="5" role="button" aria-label="Log out" aria-hidden="true"';
  assert.equal(safeHtml(`<pre ${own}>x</pre>`), '<pre tabindex="0" role="group" aria-label="Code">x</pre>');
  assert.equal(
    safeHtml(`<table ${own}><tr><td>x</td></tr></table>`),
    '<table tabindex="0" aria-label="Table"><tr><td>x</td></tr></table>',
  );
  assert.equal(safeHtml(`<p ${own}>x</p>`), "<p>x</p>");
  const named = "<table><caption>Birds</caption><tr><td>x</td></tr></table>";
  assert.equal(safeHtml(named), named.replace("<table", '<table tabindex="0"'), "a caption is its name");
});

Deno.test("renderMarkdown() keeps the ticks of a list of tasks", () => {
  assert.equal(
    renderMarkdown("- [ ] todo\n- [x] done").html,
    "<ul>\n<li>\u2610 todo</li>\n<li>\u2611 done</li>\n</ul>\n",
  );
});

Deno.test("renderMarkdown() leaves links to this site in their tab", () => {
  assert.equal(renderMarkdown("[Page 2](/demos/two)").html, '<p><a href="/demos/two">Page 2</a></p>\n');
});

Deno.test("safeHtml() makes a link of a picture of another site", () => {
  const link = (to: string, text: string) =>
    `<a href="${to}" rel="noopener noreferrer nofollow" target="_blank">${text}</a>`;
  assert.equal(
    safeHtml('<img src="https://x.example/a.png" alt="A cat">'),
    link("https://x.example/a.png", "A cat"),
  );
  assert.equal(safeHtml("<img src=http://x.example/>"), link("http://x.example/", "http://x.example/"));
  assert.equal(safeHtml('<img src="//x.example/a.png" alt="A cat">'), "<span>A cat</span>");
  assert.equal(safeHtml('<img src="data:image/svg+xml;base64,AAAA" alt="x">'), "<span>x</span>");
});

Deno.test("safeHtml() shows what is nested deeper than 100 elements as text", () => {
  assert.equal(safeHtml("<div>".repeat(100) + "x"), "<div>".repeat(100) + "x" + "</div>".repeat(100));
  const deep = "<div>".repeat(101) + "x";
  assert.equal(safeHtml(deep), asText(deep));
  assert.equal(safeHtml("<b>x</b>".repeat(200) + "<br>".repeat(200)).includes("<pre>"), false);
  assert.equal(safeHtml("<b>x</b>"), "<b>x</b>", "the depth of one text counts for the next");
});

Deno.test("renderMarkdown() and safeHtml() show what would take too long as it is written", () => {
  const fill = (piece: string, length: number) =>
    piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  const paragraphs = (piece: string) => fill(fill(piece, 19_990) + "\n\n", 150_000);
  const texts = ["[", "> ", "1. ", "* * > ", "a**b", "a@b.", "<", "~~a", "*"].flatMap((piece) => [
    fill(piece, 1_000_000),
    paragraphs(piece),
  ]);
  const lists = Array.from({ length: 100_000 }, (_, depth) => `${" ".repeat(Math.min(depth, 300))}- x`).join(
    "\n",
  );
  for (const text of [...texts, lists, fill("*a* b\n\n", 10_000_000)]) {
    const { html } = renderMarkdown(text);
    assert.deepEqual(flaws(html.slice(0, html.lastIndexOf("<", 100_000))), []);
  }
  for (const piece of ["<div>", "<math><mi>", "<p>", "<a href=x>", "<!--", "<ul><li>"]) {
    assert.equal(safeHtml(fill(piece, 500_000)), asText(fill(piece, 500_000)));
  }
  assert.equal(safeHtml(`<b>${fill("word ", 499_990)}</b>`), `<b>${fill("word ", 499_990)}</b>`);
  assert.equal(safeHtml(`<b>${fill("word ", 500_000)}</b>`), asText(`<b>${fill("word ", 500_000)}</b>`));
  assert.equal(renderMarkdown("a".repeat(20_001)).html, asText("a".repeat(20_001)));
});

Deno.test("safeHtml() holds when something added to the prototype of all objects", () => {
  const added: Record<string, unknown> = {
    allowedTags: false,
    allowedAttributes: false,
    textFilter: (text: string) => text + "<script>",
    allowVulnerableTags: true,
    allowedClasses: { "*": ["at-toast"] },
    disallowedTagsMode: "escape",
    img: ["onerror"],
  };
  const proto = Object.prototype as unknown as Record<string, unknown>;
  try {
    for (const [name, value] of Object.entries(added)) {
      Object.defineProperty(proto, name, { value, configurable: true, writable: true });
    }
    assert.deepEqual(flaws(safeHtml("<p class=at-toast>a</p><script>1</script><img src=x onerror=1>")), []);
  } finally {
    for (const name of Object.keys(added)) delete proto[name];
  }
});

// Each of them is short enough by its letters alone.
for (
  const [what, text] of [
    ["marks without an end", "*a_".repeat(1000)],
    ["things within one paragraph", "[".repeat(10_000)],
    ["things within many paragraphs", `${"`a` ".repeat(20)}\n\n`.repeat(500)],
    ["things that stand by themselves", "---\n".repeat(20_000)],
    ["headings by their next line", "a\n-\n".repeat(4900)],
    ["quotes in quotes on one line", "> ".repeat(1000)],
    ["lists in lists on one line", "- ".repeat(1000)],
    ["lists in lists", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i % 90)}- a\n`).join("\n")],
  ] as const
) {
  Deno.test(`renderMarkdown() shows too many ${what} as they are written`, () => {
    assert.equal(renderMarkdown(text).html, asText(text));
    assert.notEqual(
      renderMarkdown(text.slice(0, text.length / 10)).html,
      asText(text.slice(0, text.length / 10)),
    );
  });
}

Deno.test("renderMarkdown() makes markup of a long text with much emphasis", () => {
  const sentence = "The *quick* brown fox **jumps** over the [lazy](/dog) with `ease`. ";
  const { html } = renderMarkdown(`${sentence.repeat(20)}\n\n`.repeat(15));
  assert.equal(html.split("<em>quick</em>").length, 301);
});

for (
  const [what, markup] of [
    ["tags", "<b>x</b>".repeat(25_001)],
    ["letters written as entities", "&amp;".repeat(50_001)],
    ["signs that begin no tag", "<".repeat(50_001)],
    ["links", "<a href=/x>y</a>".repeat(5000)],
    ["pictures", "<img src=/x>".repeat(5000)],
    ["attributes", `<b ${Array.from({ length: 50_000 }, (_, i) => `t${i}`).join(" ")}>x</b>`],
  ] as const
) {
  Deno.test(`safeHtml() shows too many ${what} as text`, () => {
    assert.equal(safeHtml(markup), asText(markup));
  });
}
