import assert from "node:assert/strict";
import { button } from "@/components/button/mod.ts";
import { on, update } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { openDemo } from "@/lib/testing/open_demo.ts";
import type { Taken } from "@/lib/value/field.ts";
import { state } from "./mod.ts";

Deno.test("state() holds any value, and keeps its type", () => {
  const names = state<Map<string, number>>(new Map([["a", 1]]));
  const taken = names.initial as unknown as Taken<typeof names>;
  assert.equal(taken.get("a"), 1);
  // @ts-expect-error a number is no map
  const wrong: Taken<typeof names> = 3;
  assert.equal(wrong, 3);
});

Deno.test("state() lives with the session and is no input of the API", () => {
  assert.equal(state.component.holds, "session");
  assert.equal(state.component.input, false);
});

Deno.test("state() may hold nothing at first, and is written by update() as other fields are", async () => {
  const seen: unknown[] = [];
  const page = Blocks({
    fields: { chosen: state<number | undefined>(undefined), go: button("Go") },
    actions: ({ chosen, go }) => ({
      look: on(go.click, { inputs: chosen, fn: (chosen) => void seen.push(chosen) }),
      write: on(go.click, { outputs: chosen, fn: () => update({ value: 5 }) as unknown as number }),
    }),
  });
  await using app = openDemo(page);
  await app.run("look");
  await app.run("write");
  await app.run("look");
  assert.deepEqual(seen, [undefined, 5]);
});
