import assert from "node:assert/strict";
import { renderMarkdown } from "@/lib/content/markdown.ts";
import { markdown } from "./mod.ts";

Deno.test("renderMarkdown() makes headings, lists, tables, code and links", () => {
  const { html } = renderMarkdown("# A\n\n- b\n\n| c |\n|---|\n| d |\n\n`e` [f](https://example.org)");
  for (
    const part of ["<h1>A</h1>", "<li>b</li>", "<th>c</th>", "<code>e</code>", 'href="https://example.org/"']
  ) {
    assert.ok(html.includes(part), part);
  }
  assert.match(html, /<a[^>]* rel="noopener noreferrer nofollow"/);
});

const hostile = [
  "<script>canary()</script>",
  "<img src=x onerror=canary()>",
  "[x](javascript:canary())",
  "[x](JaVaScRiPt&#58;canary())",
  "<a href='data:text/html,<script>canary()</script>'>x</a>",
  "<svg onload=canary()><script>canary()</script></svg>",
  "<math><mtext><style><img src=x onerror=canary()></style></mtext></math>",
  "<iframe srcdoc='<script>canary()</script>'></iframe>",
  "<p style='background:url(javascript:canary())'>x</p>",
  "<form action='https://evil.example'><button>x</button></form>",
  "![x](javascript:canary())",
  "<details open ontoggle=canary()>x</details>",
  "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=//evil.example'>",
  '<img src="//evil.example/x.png">',
];

for (const text of hostile) {
  Deno.test(`renderMarkdown() makes ${JSON.stringify(text.slice(0, 50))} harmless`, () => {
    const { html } = renderMarkdown(text);
    assert.doesNotMatch(
      html,
      /<(script|svg|math|style|iframe|form|button|base|meta)\b|<[^>]*\s(on\w+|style|srcdoc)\s*=|(href|src)="?\s*(javascript|data|\/\/)/i,
    );
  });
}

Deno.test("renderMarkdown() takes the shared indent of a text away", () => {
  assert.match(renderMarkdown("\n    # A\n\n    b\n").html, /<h1>A<\/h1>\n<p>b<\/p>/);
});

Deno.test("markdown() never believes markup that comes from outside", () => {
  const wire = markdown.component.wire(markdown().props);
  assert.deepEqual(wire.parse({ text: "*a*", html: "<script>canary()</script>" }), renderMarkdown("*a*"));
});

Deno.test("markdown() renders its first text, given alone or among options", () => {
  assert.deepEqual(markdown("*a*").initial, renderMarkdown("*a*"));
  assert.deepEqual(markdown({ value: "*a*" }).initial, renderMarkdown("*a*"));
});

Deno.test("markdown() takes the text that a page sends, makes nothing of it, and believes no markup", () => {
  const taken = markdown.component.taken(markdown().props);
  assert.deepEqual(taken.parse({ text: "*a*", html: "<script>canary()</script>" }), {
    text: "*a*",
    html: "",
  });
  assert.match(taken.safeParse({ text: "a".repeat(150_001) }).error?.issues[0]?.message ?? "", /150000/);
});
