import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { Tab, Tabs } from "@/components/layout/mod.ts";
import { tab } from "@/components/tab/mod.ts";
import { TabView } from "@/components/tab/view.tsx";
import { tabs } from "./mod.ts";
import { TabsView } from "./view.tsx";

const still = { value: null, interactive: true, status: { phase: "idle" } } as const;

function draw(selected: string | undefined, props: Record<string, object> = {}): string {
  const field = (id: string) =>
    h(TabView, { id, props: { ...tab(id).props, ...props[id] } as never, ...still, children: `in ${id}` });
  return renderToString(
    <TabsView id="pages" props={tabs({ selected }).props} {...still}>
      {field("one")}
      {field("two")}
      <Tab label="three" id="three">in three</Tab>
    </TabsView>,
  );
}

/** The values of the radio buttons that fit. */
function radios(html: string, pattern = /./): string[] {
  return (html.match(/<input[^>]*>/g) ?? []).filter((radio) => pattern.test(radio))
    .map((radio) => /value="([^"]*)"/.exec(radio)?.[1] ?? "");
}

Deno.test("tabs() are radio buttons of one group as the server draws them, and the form sends which is checked", () => {
  const html = draw("two");
  assert.deepEqual(radios(html), ["one", "two", "three"]);
  assert.deepEqual(radios(html, /name="pages"/), ["one", "two", "three"]);
  assert.deepEqual(radios(html, /\schecked/), ["two"]);
  assert.doesNotMatch(html, /<input[^>]* form[ =>]|role="tab/);
  assert.match(html, /role="radiogroup" aria-label="Tabs"/);
  assert.deepEqual(tabs.component.moved?.({ texts: ["two"], files: [] }), { selected: "two" });
  assert.equal(tabs.component.moved?.({ texts: [], files: [] }), undefined);
});

Deno.test("tabs() open the first that can be chosen unless one is named", () => {
  assert.deepEqual(radios(draw(undefined), /\schecked/), ["one"]);
  assert.deepEqual(radios(draw(undefined, { one: { visible: false } }), /\schecked/), ["two"]);
  const html = draw(undefined, { one: { visible: "hidden" }, two: { interactive: false } });
  assert.deepEqual(radios(html, /\schecked/), ["three"]);
  assert.deepEqual(radios(html, /\shidden/), ["one"]);
  assert.deepEqual(radios(html, /\sdisabled/), ["two"]);
});

Deno.test("tabs() within plain Tabs and plain Tabs within tabs() keep to themselves", () => {
  const html = renderToString(
    <Tabs name="outer">
      <Tab label="a">
        <TabsView id="pages" props={{}} {...still}>
          <Tab label="b" id="b">
            <Tabs name="inner">
              <Tab label="c">x</Tab>
            </Tabs>
          </Tab>
        </TabsView>
      </Tab>
    </Tabs>,
  );
  const names = [...html.matchAll(/<input[^>]* name="([^"]*)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ["outer", "pages", "inner"]);
});
