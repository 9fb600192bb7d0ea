import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
// Those of the catalogue that are for every commit.
const ROWS = "H01 H02 H04 H05 H06 H08 H09 H10 H12 H13 H14 H17 H18 " +
  "I01 I02 I04 I06 I08 I09 I10 I13 I14 I16 I17 I18 I20 I21 I22 I23 I24 I26 I29 I30 I31 I32 I33 I36 I37 I38 " +
  "J01 J02 J04 J05 J08 J09 J12 J18 J21 J29 J32";

Deno.test("Every row H, I and J is in the table, with a test that is there or a reason", async () => {
  const text = await Deno.readTextFile(new URL("docs/security/isolation_queue_life.md", root));
  const rows = text.split("\n").filter((line) => /^\| [HIJ]\d\d /.test(line))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")));
  assert.deepEqual(rows.map(([id]) => id), ROWS.split(" "));
  for (const [id, rule, file = "", found = "", result = ""] of rows) {
    assert.ok(rule && result, `${id} says nothing`);
    if (file === "") assert.match(result, /^(waits|open): ./, `${id} has neither a test nor a reason`);
    else {assert.ok(
        (await Deno.readTextFile(new URL(file, root))).includes(found),
        `${id}: no ${found} in ${file}`,
      );}
  }
});
