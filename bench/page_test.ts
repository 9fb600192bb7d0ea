import assert from "node:assert/strict";
import { budgets, type FigureName, keeps, words, written } from "./figures.ts";
import { PAGE, rowsIn, withFigures } from "./page.ts";

const page = await Deno.readTextFile(PAGE);
const figures = Object.entries(budgets) as [FigureName, typeof budgets[FigureName]][];

Deno.test("docs/speed.md has a row for every figure that has a budget, and for no other", () => {
  assert.deepEqual(rowsIn(page).map(({ what }) => what), figures.map(([, { what }]) => what));
});

Deno.test("Every verdict in docs/speed.md follows from its figures and its budget", () => {
  for (const { what, value, floor, budget, verdict } of rowsIn(page)) {
    const [, figure] = figures.find(([, figure]) => figure.what === what) ?? assert.fail(what);
    assert.equal(budget, words(figure.budget, figure.unit), what);
    assert.equal(verdict, keeps(figure.budget, value, floor) ? "yes" : "no", what);
  }
});

Deno.test("No prose outside the table says how a budget is kept", async () => {
  const outside = page.replace(/<!-- bench: begin[^]*bench: end -->/, "");
  const docs = [outside, await Deno.readTextFile(new URL("../README.md", import.meta.url))];
  for (const text of docs) assert.doesNotMatch(text, /(?:miss|kee?p|within|exceed)\w*[^.|]*\bbudget/i);
});

Deno.test("withFigures() writes measured rows and verdicts, and leaves the others as they are", () => {
  const next = withFigures(page, [{ name: "build", value: 2500, floor: undefined }, {
    name: "page.cpu",
    value: 130,
    floor: 10,
  }]);
  const rows = new Map(rowsIn(next).map((row) => [row.what, row]));
  assert.equal(rows.get(budgets.build.what)?.verdict, "no");
  assert.deepEqual(rows.get(budgets["page.cpu"].what), {
    what: budgets["page.cpu"].what,
    value: 130,
    floor: 10,
    budget: "≤ 12x",
    verdict: "no",
  });
  const changed = new Set<string>([budgets.build.what, budgets["page.cpu"].what]);
  const others = (text: string) => rowsIn(text).filter(({ what }) => !changed.has(what));
  assert.deepEqual(others(next), others(page));
  assert.equal(withFigures(page, []), page);
  assert.match(withFigures(page, [], "a machine"), /^Measured on: a machine$/m);
});

Deno.test("A figure is written with its unit, and a budget as it is set", () => {
  assert.equal(written(0.0756, "ms"), "0.076 ms");
  assert.equal(written(9514, "us"), "9,514 µs");
  assert.equal(words({ atMost: 15_000 }, "us"), "≤ 15,000 µs");
  assert.equal(words({ atLeastTimesFloor: 0.33 }, "/s"), "≥ 0.33x");
});
