import assert from "node:assert/strict";
import { load, on, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";

function picker() {
  const seen: unknown[] = [];
  const page = Blocks({
    fields: { list: push(), other: push(), out: text() },
    actions: ({ list, other, out }) => {
      const pick = on([list.pick, list.click], { fn: (_, { event }) => void seen.push(event) });
      return {
        pick,
        after: on(pick.success, { outputs: out, fn: (_, { event }) => JSON.stringify(event) ?? "nothing" }),
        press: on([other.click, load], { fn: (_, { event }) => void seen.push(event) }),
      };
    },
  });
  return { page, seen };
}

Deno.test("A handler, and what follows it, is told which field and event started it, and what that carries", async () => {
  const { page, seen } = picker();
  await using app = openDemo(page);
  const values = await app.run("pick", {}, { event: { when: "list:pick", detail: { row: 3 } } });
  const picked = { field: "list", name: "pick", detail: { row: 3 } };
  assert.deepEqual(seen, [picked]);
  assert.deepEqual(values, { out: JSON.stringify(picked) });
  await app.run("pick", {}, { event: { when: "list:click" } });
  await app.run("press", {}, { event: { when: ":load" } });
  assert.deepEqual(seen.slice(1), [
    { field: "list", name: "click", detail: undefined },
    { field: "", name: "load", detail: undefined },
  ]);
});

Deno.test("What an event may not carry is refused before anything runs, with the field and what would be right", async () => {
  const { page, seen } = picker();
  await using app = openDemo(page);
  const wrong: Json[] = [null, 3, "3", [], {}, { row: "3" }, { row: 0.5 }, { row: null }];
  for (const detail of wrong) {
    assert.throws(
      () => app.submit("pick", {}, { event: { when: "list:pick", detail } }),
      (error) =>
        error instanceof Fault && error.code === "bad_input" && error.field === "list" &&
        /list:pick carries something else: .*expected/i.test(error.message),
      JSON.stringify(detail),
    );
  }
  assert.deepEqual(seen, []);
  const more = { row: 1, constructor: "x", row2: 2 };
  assert.deepEqual(
    await app.run("pick", {}, { event: { when: "list:pick", detail: more } }),
    { out: JSON.stringify({ field: "list", name: "pick", detail: { row: 1 } }) },
    "what the schema does not name is left out",
  );
});

Deno.test("An event that does not start the action, or does not exist, is dropped; so is a detail that its event has not", async () => {
  const { page, seen } = picker();
  await using app = openDemo(page);
  const detail = { row: 3 };
  await app.run("press", {}, { event: { when: "list:pick", detail } });
  for (const when of ["other:pick", "list:toString", "toString:pick", "pick", ":pick", ""]) {
    await app.run("pick", {}, { event: { when, detail } });
  }
  assert.deepEqual(seen, Array(7).fill(undefined));
  await app.run("pick", {}, { event: { when: "list:click", detail } });
  assert.deepEqual(seen.at(-1), { field: "list", name: "click", detail: undefined });
});

Deno.test("update() refuses what are no props, and says what would be right", () => {
  for (const props of [null, undefined, "x", 3, [], () => {}]) {
    assert.throws(() => update(props as never), /Cannot change a field by .*update\(\) takes its props/);
  }
});
