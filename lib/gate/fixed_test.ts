import assert from "node:assert/strict";
import { Blocks, browserState, button, markdown, on, state, textbox, timer } from "atoll";
import { fixedFields, leaveOutFixed } from "./fixed.ts";

const { demo } = Blocks({
  fields: {
    go: button("Go"),
    open: textbox(),
    off: textbox({ interactive: false }),
    away: textbox({ visible: false }),
    written: textbox({ interactive: false }),
    prose: markdown("*a*"),
    kept: browserState(0, { key: "a" }),
    beat: timer(1),
    held: state(0),
  },
  actions: ({ go, open, off, away, written, prose, kept, beat, held }) => ({
    take: on(go.click, {
      inputs: { open, mine: off, away, written, prose, kept, beat, held },
      outputs: written,
      fn: () => "",
    }),
  }),
});

Deno.test("fixedFields() are those that no person can change and no action writes", () => {
  assert.deepEqual([...fixedFields(demo)], ["go", "off", "away", "prose"]);
});

Deno.test("leaveOutFixed() goes by the fields of arguments, whatever these are called", () => {
  const sent = { open: "a", mine: "forged", away: "forged", written: "b" };
  leaveOutFixed(demo, sent, demo.actions.take?.inputs.names);
  assert.deepEqual(sent, { open: "a", written: "b" });
  const rest = { off: "forged", open: "a" };
  leaveOutFixed(demo, rest);
  assert.deepEqual(rest, { open: "a" });
});
