import assert from "node:assert/strict";
import { Blocks, button, checkbox, column, load, on, Row, state, textbox, update } from "atoll";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { demoFor } from "./allowed.ts";

const make = () =>
  Blocks({
    fields: {
      shown: textbox(),
      both: textbox(),
      draft: textbox(),
      go: button("Go"),
      secret: button("Secret"),
      held: state(0),
      still: checkbox(),
    },
    actions: ({ shown, both, draft, go, secret, held }) => {
      const look = on([load, go.click], {
        outputs: { shown, both },
        fn: () => ({ shown: "seen", both: "seen" }),
      });
      const change = on(secret.click, {
        allow: ["editor", "owner"],
        inputs: { draft, both, held },
        outputs: { both, held },
        cancels: [look],
        fn: ({ draft }) => ({ both: draft }),
      });
      const after = on([look.success, change.success], {
        allow: "editor",
        outputs: draft,
        fn: () => "followed",
      });
      const mend = on(look.failure, { allow: "editor", outputs: shown, fn: () => "mended" });
      const stop = on(secret.click, { allow: "owner", cancels: [change] });
      return { look, change, after, mend, stop };
    },
    layout: (ui) => (
      <Row>
        <ui.shown />
        <ui.draft />
        <ui.secret />
        <ui.go />
        <ui.both />
        <ui.still />
        <ui.held />
      </Row>
    ),
  });

const person = (...roles: string[]) => ({ name: "somebody", roles });

Deno.test("demoFor() is the demo itself for who may run all of it", () => {
  const { demo } = make();
  assert.equal(demoFor(demo, person("editor", "owner")), demo);
  const plain =
    Blocks({ fields: { go: button("Go") }, actions: ({ go }) => ({ run: on(go.click, { fn() {} }) }) }).demo;
  assert.equal(demoFor(plain, undefined), plain);
});

Deno.test("demoFor() leaves out what is not theirs, and the fields that only that uses", () => {
  const { demo } = make();
  const cases: [who: string[], actions: string[], fields: string[]][] = [
    [[], ["look"], ["shown", "both", "go", "still"]],
    [["viewer"], ["look"], ["shown", "both", "go", "still"]],
    [["editor"], ["look", "change", "after", "mend"], [
      "shown",
      "both",
      "draft",
      "go",
      "secret",
      "held",
      "still",
    ]],
    [["owner"], ["look", "change", "stop"], ["shown", "both", "draft", "go", "secret", "held", "still"]],
  ];
  for (const [roles, actions, fields] of cases) {
    const less = demoFor(demo, person(...roles));
    assert.deepEqual(Object.keys(less.actions), actions, roles.join());
    assert.deepEqual(Object.keys(less.fields), fields, roles.join());
    assert.equal(demoFor(demo, person(...roles)), less, "made once");
  }
  assert.equal(demoFor(demo, undefined), demoFor(demo, person("viewer")));
});

Deno.test("demoFor() plans and draws what is left as if there were nothing else", () => {
  const { demo } = make();
  const [viewer, editor] = [demoFor(demo, undefined), demoFor(demo, person("editor"))];
  assert.deepEqual(viewer.plans.look?.gives, ["shown", "both"]);
  assert.deepEqual(editor.plans.look?.gives, ["shown", "both", "draft"]);
  assert.deepEqual(viewer.actions.look?.then, { success: [], failure: [], mends: false });
  assert.equal(editor.actions.look?.then.mends, true);
  assert.ok(editor.interactive.has("both"), "an editor's input");
  assert.ok(!viewer.interactive.has("both"), "a viewer only reads it");
  assert.notEqual(viewer.live.go, demo.live.go, "drawn for itself");
});

Deno.test("An action runs for those who may, even where the whole demo is asked", async () => {
  await using app = openDemo(make());
  const as = (...roles: string[]) => ({ request: { user: { id: "test:x", ...person(...roles) } } });
  const there = { code: "not_found", message: "There is no action of that name" };
  await assert.rejects(app.run("change", { draft: "x" }), there);
  await assert.rejects(app.run("change", { draft: "x" }, as("viewer")), there);
  await assert.rejects(app.run("change", { draft: 1 } as never, as("viewer")), there);
  await assert.rejects(app.run("nothing" as never), there);
  assert.deepEqual(await app.run("change", { draft: "x" }, as("owner")), { both: "x" });
  assert.deepEqual(await app.run("change", { draft: "x" }, as("editor")), { both: "x", draft: "followed" });
});

Deno.test("What follows an action is left out for who may not run it, and mends nothing then", async () => {
  await using app = openDemo(make());
  assert.deepEqual(await app.run("look"), { shown: "seen", both: "seen" });
  const failing = Blocks({
    fields: { go: button("Go"), out: textbox() },
    actions: ({ go, out }) => {
      const run = on(go.click, { fn: () => Promise.reject(new Error("no")) });
      return { run, mend: on(run.failure, { allow: "editor", outputs: out, fn: () => "mended" }) };
    },
  });
  await using broken = openDemo(failing);
  await assert.rejects(broken.run("run"));
  const user = { id: "test:x", ...person("editor") };
  assert.deepEqual(await broken.run("run", {}, { request: { user } }), { out: "mended" });
});

Deno.test("Blocks() says which allow is wrong", () => {
  const blocks = (allow: never) =>
    Blocks({
      fields: { go: button("Go") },
      actions: ({ go }) => ({ run: on(go.click, { allow, fn() {} }) }),
    });
  assert.throws(
    () => blocks("Not a role" as never),
    /role "Not a role" in allow of action "run".*lower-case word/,
  );
  assert.throws(() => blocks([] as never), /without roles/);
  assert.throws(() => blocks([1] as never), TypeError);
});

Deno.test("demoFor() keeps a container that only others may change: what stands in it may be theirs", () => {
  const { demo } = Blocks({
    fields: { box: column(), go: button("Go"), fold: button("Fold") },
    actions: ({ box, go, fold }) => ({
      run: on(go.click, { fn() {} }),
      hide: on(fold.click, {
        allow: "editor",
        outputs: { box },
        fn: () => ({ box: update({ visible: false }) }),
      }),
    }),
    layout: (ui) => (
      <ui.box>
        <ui.go />
        <ui.fold />
      </ui.box>
    ),
  });
  assert.deepEqual(Object.keys(demoFor(demo, undefined).fields), ["box", "go"]);
});
