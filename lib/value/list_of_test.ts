import assert from "node:assert/strict";
import { z } from "zod";
import { listOf } from "./list_of.ts";

const item = z.object({ name: z.string() });

Deno.test("listOf() takes what z.array() takes, in the same way", () => {
  for (const list of [[], [{ name: "a" }, { name: "b", more: 1 }]]) {
    assert.deepEqual(listOf(item).parse(list), z.array(item).parse(list));
  }
  assert.deepEqual(z.toJSONSchema(listOf(item)), z.toJSONSchema(z.array(item)));
});

Deno.test("listOf() looks at no item behind the first wrong one, and says which that is", () => {
  let seen = 0;
  const counted = z.unknown().refine((value) => ++seen && typeof value === "string", "must be text");
  const { error } = z.object({ names: listOf(counted) }).safeParse({ names: ["a", 1, 2, 3, 4] });
  assert.deepEqual(error?.issues.map(({ path, message }) => [path, message]), [[
    ["names", 1],
    "must be text",
  ]]);
  assert.equal(seen, 2);
  assert.deepEqual(listOf(item).safeParse("a").error?.issues, z.array(item).safeParse("a").error?.issues);
});
