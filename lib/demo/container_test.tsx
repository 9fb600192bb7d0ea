import assert from "node:assert/strict";
import {
  accordion,
  Blocks,
  button,
  column,
  container,
  on,
  row,
  sidebar,
  tab,
  tabs,
  textbox,
  update,
} from "atoll";
import { openDemo } from "atoll/testing";

const house = Blocks({
  title: "House",
  fields: {
    go: button("Go"),
    wing: column({ visible: false }),
    still: row(),
    pages: tabs(),
    one: tab("One"),
    note: textbox(),
  },
  actions: ({ go, wing, pages, note }) => ({
    show: on(go.click, {
      outputs: { wing, note },
      fn: () => ({ wing: update({ visible: true }), note: "shown" }),
    }),
    // deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
    bare: on(go.click, { outputs: pages, fn: (): any => "one" }),
    // deno-lint-ignore no-explicit-any -- as above
    odd: on(go.click, { outputs: wing, fn: (): any => update({ colour: "red" }) }),
    move: on(go.click, { outputs: pages, fn: () => update({ selected: "one" }) }),
  }),
  layout: (ui) => (
    <>
      <ui.wing>
        <ui.note />
      </ui.wing>
      <ui.still>
        <ui.go />
      </ui.still>
      <ui.pages>
        <ui.one>x</ui.one>
      </ui.pages>
    </>
  ),
});

Deno.test("container() refuses props that are no object schema, and its fields refuse what they do not know", () => {
  // deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
  const wrong = { kind: "card", props: "none", events: {}, view: () => null, island: () => null } as any;
  assert.throws(() => container(wrong), /"card": props must be a z.object/);
  // @ts-expect-error no container has an info
  assert.throws(() => column({ info: "x" }), TypeError);
  // @ts-expect-error a label is text
  assert.throws(() => accordion({ label: 3 }), TypeError);
  // @ts-expect-error there are two sides
  assert.throws(() => sidebar({ position: "top" }), TypeError);
  assert.equal(accordion({ label: "More" }).props.open, true);
  assert.deepEqual(tab("One").props, tab({ label: "One" }).props);
});

Deno.test("Blocks() keeps a container out of the browser unless an action needs it or it is alive by itself", () => {
  assert.deepEqual(Object.keys(house.demo.live).sort(), ["go", "note", "pages", "wing"]);
});

Deno.test("Blocks() says of an action only the fields that show how it goes", () => {
  assert.deepEqual(house.demo.plans.show?.gives, ["note"]);
  assert.deepEqual(house.demo.plans.move?.gives, []);
});

Deno.test("Blocks() refuses a container without a layout, and one as an input", () => {
  assert.throws(() => Blocks({ fields: { wing: column() } }), /without a layout.*container "wing"/);
  const fields = { go: button("Go"), pages: tabs() };
  const layout = () => <p>x</p>;
  assert.throws(
    () =>
      Blocks({ fields, layout, actions: ({ go, pages }) => ({ x: on(go.click, { inputs: { pages } }) }) }),
    /Cannot take "pages" in action "x".*no value/,
  );
});

Deno.test("update() of a container goes to the page as changed props", async () => {
  await using app = openDemo(house);
  const frames = [];
  for await (const frame of app.submit("move")) if (frame.type === "output") frames.push(frame);
  assert.deepEqual(frames.map(({ values, props }) => ({ values, props })), [
    { values: {}, props: { pages: { selected: "one" } } },
  ]);
});

Deno.test("A container that is given a value or an unknown prop says what would be right", async () => {
  await using app = openDemo(house);
  await assert.rejects(app.run("bare"), /pages is a container, which has no value: give it update\(\)/);
  await assert.rejects(app.run("odd"), /Cannot update "wing"|colour/);
});
