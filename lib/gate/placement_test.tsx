// deno-lint-ignore-file no-console -- what is said on the console is what is tested
import assert from "node:assert/strict";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { Blocks, browserState, column, state, Tab, tab, Tabs, tabs, textbox, timer } from "atoll";
import type { Demo, FieldSlot } from "@/lib/demo/blocks.tsx";
import { draw } from "./draw.tsx";

/** What is drawn of a demo, and what was warned of meanwhile. */
function drawn({ demo }: { readonly demo: Demo }): { html: string; warnings: string[] } {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => warnings.push(text);
  try {
    return { html: renderToString(draw(demo, { url: "/x", session: "s" })), warnings };
  } finally {
    console.warn = warn;
  }
}

Deno.test("draw() warns once of the fields that a layout leaves out, but not of states", () => {
  const page = Blocks({
    title: "Half",
    fields: { a: textbox(), b: textbox(), box: column(), held: state(0) },
    layout: (ui) => <ui.a />,
  });
  assert.deepEqual(drawn(page).warnings, [
    'The layout of the demo "Half" (lib/gate/placement_test.tsx) leaves out "b", "box": nobody will see it',
  ]);
  assert.deepEqual(drawn(page).warnings, []);
});

Deno.test("draw() draws what nobody is to see also where a layout leaves it out, each time and once", () => {
  const page = Blocks({
    fields: { a: textbox(), tick: timer(), kept: browserState(0, { key: "kept" }), held: state(0) },
    layout: (ui) => (
      <>
        <ui.a />
        <ui.tick />
      </>
    ),
  });
  for (const _time of [1, 2]) {
    const { html, warnings } = drawn(page);
    assert.deepEqual(warnings, []);
    for (const key of ["tick", "kept"]) assert.equal(html.split(`data-field="${key}"`).length, 2, key);
  }
});

Deno.test("draw() finds fields wherever a layout puts them, and a demo without layout complete", () => {
  const Deep = ({ of: Field }: { of: FieldSlot }) => (
    <div>
      <Field />
    </div>
  );
  const page = Blocks({
    fields: { a: textbox(), box: column(), b: textbox({ visible: false }) },
    layout: (ui) => (
      <ui.box>
        <Deep of={ui.a} />
        {[1].map(() => <ui.b key="b" />)}
      </ui.box>
    ),
  });
  assert.deepEqual(drawn(page).warnings, []);
  assert.deepEqual(drawn(Blocks({ fields: { a: textbox() } })).warnings, []);
});

Deno.test("draw() refuses a container without children, and children of what is no container", () => {
  const empty = Blocks({
    fields: { box: column() },
    // @ts-expect-error a container has children
    layout: (ui) => <ui.box />,
  });
  assert.throws(
    () => drawn(empty),
    /Cannot draw the container "box" of lib\/gate\/placement_test.tsx without children/,
  );
  const full = Blocks({
    fields: { a: textbox() },
    // @ts-expect-error a field has none
    layout: (ui) => <ui.a>x</ui.a>,
  });
  assert.throws(() => drawn(full), /Cannot put children into "a" of lib\/gate\/placement_test.tsx/);
});

Deno.test("draw() refuses a field that a layout draws twice, as its key is an id", () => {
  const page = Blocks({
    fields: { a: textbox() },
    layout: (ui) => (
      <>
        <ui.a />
        <ui.a />
      </>
    ),
  });
  assert.throws(() => drawn(page), /Cannot draw "a" twice in .*placement_test.tsx: its key is the id/);
});

Deno.test("draw() refuses handlers and styles in a layout, however the element was compiled", () => {
  const style = { margin: 0 };
  const press = () => {};
  const layouts: [string, (ui: { readonly a: FieldSlot }) => VNode][] = [
    ["onClick", (ui) => <div onClick={press}>{ui.a({})}</div>],
    ["onClick", (ui) => <a href="#x" onClick={press}>{ui.a({})}</a>],
    ["onInput", (ui) => <p {...{ onInput: press }}>{ui.a({})}</p>],
    ["style", (ui) => <div style="margin: 0">{ui.a({})}</div>],
    ["style", (ui) => <div id="x" style={style}>{ui.a({})}</div>],
    ["style", (ui) => <a style={style}>{ui.a({})}</a>],
  ];
  for (const [name, layout] of layouts) {
    const page = Blocks({ title: "Lost", fields: { a: textbox() }, layout });
    const says = new RegExp(
      `^TypeError: Cannot use ${name} in the layout of the demo "Lost" .*: .*(?:on\\(go.click, ...\\)|class="max-w-sm")$`,
      "i",
    );
    for (const _time of [1, 2]) assert.throws(() => drawn(page), says, layout.toString());
  }
  const fine = Blocks({
    fields: { a: textbox() },
    layout: (ui) => <div class="mt-2" title='a style="b"' data-on="x">style="x" {ui.a({})}</div>,
  });
  assert.deepEqual(drawn(fine).warnings, []);
});

Deno.test("draw() draws a container with what stands in it, with and without a door", () => {
  const page = Blocks({
    fields: { box: column({ visible: false }), pages: tabs({ selected: "b" }), a: tab("A"), b: tab("B") },
    layout: (ui) => (
      <ui.box>
        <ui.pages>
          <ui.a>first</ui.a>
          <ui.b>second</ui.b>
          <Tab label="C">third</Tab>
        </ui.pages>
      </ui.box>
    ),
  });
  const { html } = drawn(page);
  assert.match(html, /<div[^>]* id="box" hidden/);
  for (const text of ["first", "second", "third"]) assert.ok(html.includes(text));
  const radios = html.match(/<input type="radio"[^>]*>/g) ?? [];
  assert.deepEqual(radios.map((radio) => /\schecked/.test(radio)), [false, true, false]);
  assert.deepEqual(radios.map((radio) => radio.match(/value="([^"]*)"/)?.[1]), ["a", "b", "2"]);
});

Deno.test("draw() refuses a tab field in plain Tabs, which would never be alive", () => {
  const page = Blocks({
    fields: { a: tab("A") },
    layout: (ui) => (
      <Tabs>
        <ui.a>x</ui.a>
      </Tabs>
    ),
  });
  assert.throws(() => drawn(page), /Cannot place the tab "a" in plain <Tabs>/);
});
