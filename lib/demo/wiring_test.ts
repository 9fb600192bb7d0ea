import assert from "node:assert/strict";
import { json } from "@/components/json/mod.ts";
import { markdown } from "@/components/markdown/mod.ts";
import { number } from "@/components/number/mod.ts";
import { textbox } from "@/components/textbox/mod.ts";
import { fixedFields } from "@/lib/gate/fixed.ts";
import { Interface } from "@/lib/recipes/interface.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import { type AnyAction, on } from "./action.ts";
import { Blocks } from "./blocks.tsx";

Deno.test("Blocks() refuses an action that was made and not returned, and names the event that starts it", () => {
  const fields = () => ({ a: text(), go: push() });
  const made = (actions: (fields: { a: ReturnType<typeof text>; go: ReturnType<typeof push> }) => unknown) =>
    Blocks({ title: "Lost", fields: fields(), actions: actions as () => Record<string, AnyAction> });
  const says = /Cannot leave the action that go\.click starts out of "Lost": actions\(\) has to return it/;
  assert.throws(() =>
    made(({ a, go }) => {
      on(go.click, { outputs: a, fn: () => "x" });
      return {};
    }), says);
  assert.throws(() =>
    made(({ a, go }) => {
      on(go.click, { outputs: a, fn: () => "x" });
    }), says);
  assert.throws(() =>
    made(({ a, go }) => {
      const kept = on(a.change, { fn: () => {} });
      on([go.click, a.change], { outputs: a, fn: () => "x", cancels: [kept] });
      return { kept };
    }), says);
  assert.throws(() =>
    made(({ a }) => {
      const kept = on(a.change, { fn: () => {} });
      on(kept.success, { fn: () => {} });
      return { kept };
    }), /Cannot leave an action that "success" starts out of "Lost"/);
});

Deno.test("Blocks() takes actions that were made before, and demos that are made among actions", () => {
  const a = text();
  const before = on(a.change, { fn: () => {} });
  const page = Blocks({
    fields: { a },
    actions: () => {
      Interface({ inputs: text(), outputs: text(), fn: (text) => text });
      return { before };
    },
  });
  assert.deepEqual(Object.keys(page.demo.actions), ["before"]);
});

Deno.test("Lists of fields and texts in place of fields are refused with what to write instead", () => {
  const list = [text(), text()] as never;
  assert.throws(
    () => Interface({ title: "List", inputs: list, outputs: text(), fn: () => "" }),
    /Cannot use a list of fields in "List": write a record, as in \{ a, b \}/,
  );
  assert.throws(
    () => Interface({ title: "Text", inputs: "text" as never, outputs: text(), fn: () => "" }),
    /Cannot use the text "text" for a field in "Text": fields are made by functions, as in textbox\(\)/,
  );
  const wired = (spec: object) => () =>
    Blocks({
      title: "Wired",
      fields: { a: text(), b: text(), go: push() },
      actions: ({ a, b, go }) => ({ act: on(go.click, { inputs: [a, b] as never, ...spec }) }),
    });
  assert.throws(wired({}), /Cannot use a list of fields in action "act" of "Wired": write a record/);
  assert.throws(wired({ inputs: "a" }), /Cannot use the text "a" for a field in action "act" of "Wired"/);
  assert.throws(wired({ inputs: undefined, outputs: 3 }), /Cannot use 3 for a field in action "act"/);
});

Deno.test("A handler that gives a value and has no outputs is refused, one that gives nothing is not", async () => {
  let gives: unknown;
  const page = Blocks({
    fields: { go: push() },
    actions: ({ go }) => ({ act: on(go.click, { fn: () => gives as undefined }) }),
  });
  await using app = openDemo(page);
  for (const nothing of [undefined, null, {}]) {
    gives = nothing;
    assert.deepEqual(await app.run("act"), {});
  }
  for (
    const [value, what] of [["x", "text"], [3, "3"], [{ a: 1 }, "an object"], [["a"], "a list"]] as const
  ) {
    gives = value;
    await assert.rejects(app.run("act"), (error) =>
      error instanceof Fault && error.code === "bad_output" &&
      error.message ===
        `"act" gave ${what}, but it has no outputs: name the field that shows it, as in outputs: result`);
  }
});

Deno.test("Messages call a demo without a title by its file", () => {
  const one = text();
  assert.throws(
    () => Blocks({ fields: { one, two: one } }),
    /Cannot use one field as "one" and as "two" of lib\/demo\/wiring_test\.ts: declare two/,
  );
  assert.equal(Blocks({ title: "Named", fields: {} }).demo.file, "lib/demo/wiring_test.ts");
});

Deno.test("A misspelt prop of a component is refused with the prop that was most likely meant", () => {
  assert.throws(
    () => number({ minimun: 1 } as never),
    new TypeError('Cannot declare number: unrecognized key: "minimun", did you mean "minimum"?'),
  );
  assert.throws(
    () => number({ zzzzzzzzzz: 1 } as never),
    /^TypeError: Cannot declare number: unrecognized key: "zzzzzzzzzz"$/,
  );
});

Deno.test("A field with a copy button is alive without an action, and its value stays the author's", () => {
  const page = Blocks({
    fields: {
      note: textbox({ buttons: ["copy"], interactive: false }),
      text: markdown({ buttons: ["copy"] }),
      data: json({ buttons: ["copy"], interactive: false }),
      plain: textbox(),
      still: markdown(),
    },
  });
  assert.deepEqual(Object.keys(page.demo.live), ["note", "text", "data"]);
  assert.deepEqual([...fixedFields(page.demo)], ["note", "text", "data", "still"]);
});
