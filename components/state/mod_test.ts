import assert from "node:assert/strict";
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
