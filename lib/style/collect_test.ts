import assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import { classesIn, collect, minify } from "./collect.ts";

const root = new URL("../../", import.meta.url);
const BUDGET_BYTES = 5500;

Deno.test("classesIn() finds literal classes, choices between them and helpers, and no compared words", () => {
  const source = `
    <a class="one two" />
    <b class={big ? "three" : 'four'} />
    <c class={kind === "loud" ? "five" : undefined} />
    <d class={classes("six", more)} title="not-a-class" />
    <e class={\`seven \${big ? "eight" : ""} nine-\${size} ten\`} />
  `;
  assert.deepEqual([...classesIn(source)].sort(), [
    "eight",
    "five",
    "four",
    "one",
    "seven",
    "six",
    "ten",
    "three",
    "two",
  ]);
});

Deno.test("minify() keeps what carries meaning", () => {
  const source =
    "/* a */\n.a > b , .c {\n  color: red;\n  margin: 0 calc(1px + 2px);\n}\n.d :hover { top: 0; }\n";
  assert.equal(minify(source), ".a>b,.c{color:red;margin:0 calc(1px + 2px)}.d :hover{top:0}");
  assert.equal(
    minify(
      '@media (pointer: coarse) { .a[data-size="sm"] > b { top: -0.5rem; margin: 0 0.25rem 10.5px; left: 0px; } }',
    ),
    "@media (pointer:coarse){.a[data-size=sm]>b{top:-.5rem;margin:0 .25rem 10.5px;left:0}}",
  );
  for (const same of ['.a[data-scale="2"]', '.a[data-on=""]', '.a{content:"0 s"}', ".a{flex:1 1 0%}"]) {
    assert.equal(minify(same), same);
  }
});

Deno.test("collect() writes no utility twice for browsers of the past", async () => {
  const { css } = await collect(root);
  assert.doesNotMatch(css, /-ms-|-webkit-flex|grid-gap|word-wrap/);
  assert.match(css, /\.grid\{display:grid\}/);
});

Deno.test("collect() gives the same text twice", async () => {
  assert.equal((await collect(root)).css, (await collect(root)).css);
});

Deno.test("collect() has a rule for every class that a view of this project uses", async () => {
  const { classes, css, unknown } = await collect(root);
  assert.deepEqual([...unknown], []);
  assert.ok(classes.length > 50, "views use classes");
  for (const name of ["at-field", "at-btn", "text-soft", "max-w-6xl"]) {
    assert.ok(classes.includes(name), `${name} is not found in the views`);
    assert.ok(css.includes(`.${name}`), `${name} has no rule`);
  }
});

Deno.test("collect() tells of a class without a rule, and where it is used", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/routes`);
    await Deno.writeTextFile(`${folder}/routes/page.tsx`, `<p class="flex size-4 hover:bg-sunk" />`);
    const { css, unknown } = await collect(new URL(`file://${folder}/`));
    assert.deepEqual([...unknown], [["size-4", ["routes/page.tsx"]]]);
    assert.match(css, /\.flex\{display:flex\}/);
    assert.match(css, /\.hover\\:bg-sunk:hover\{background-color:var\(--sunk\)\}/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(`The whole style sheet stays below ${BUDGET_BYTES} bytes of brotli`, async () => {
  const { length } = brotliCompressSync((await collect(root)).css);
  assert.ok(length <= BUDGET_BYTES, `it has ${length}`);
});
