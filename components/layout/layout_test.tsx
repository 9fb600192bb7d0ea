import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Accordion, Column, Group, Row, Sidebar, Tab, Tabs } from "./mod.ts";

Deno.test("Row, Column and Group take the author's classes", () => {
  const html = renderToString(
    <Row class="mt-4" equalHeight>
      <Column scale={2} minWidth="lg" class="w-96">a</Column>
      <Group>b</Group>
    </Row>,
  );
  assert.match(html, /<div class="at-row mt-4" +data-even/);
  assert.match(html, /<div class="at-col w-96" +data-scale="2" data-min="lg"\s*>a<\/div>/);
  assert.match(html, /<div class="at-panel"\s*>b<\/div>/);
});

Deno.test("Accordion is open at the start unless told otherwise", () => {
  assert.match(renderToString(<Accordion label="More">a</Accordion>), /<details[^>]* open/);
  assert.doesNotMatch(
    renderToString(<Accordion label="More" open={false}>a</Accordion>),
    /<details[^>]* open/,
  );
});

Deno.test("Tabs opens the chosen tab and keeps every panel on the page", () => {
  const html = renderToString(
    <Tabs selected={1}>
      <Tab label="One">first</Tab>
      <Tab label="Two">second</Tab>
    </Tabs>,
  );
  assert.ok(html.includes("first") && html.includes("second"));
  const radios = html.match(/<input[^>]*>/g) ?? [];
  assert.deepEqual(radios.map((radio) => /\schecked/.test(radio)), [false, true]);
});

Deno.test("Tabs of one page have groups of their own, also when they are nested", () => {
  const html = renderToString(
    <div>
      <Tabs>
        <Tab label="One">
          <Tabs>
            <Tab label="Inner">x</Tab>
          </Tabs>
        </Tab>
        <Tab label="Two">y</Tab>
      </Tabs>
      <Tabs>
        <Tab label="Three">z</Tab>
      </Tabs>
    </div>,
  );
  const names = (html.match(/<input[^>]*>/g) ?? []).map((radio) => radio.match(/name="([^"]*)"/)?.[1]);
  assert.equal(names.length, 4);
  assert.equal(names[0], names[2]);
  assert.equal(new Set(names).size, 3);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("Tabs is a radio group with a name as the server draws it", () => {
  const group = (props: { label?: string }) =>
    /role="radiogroup" aria-label="([^"]*)"/.exec(renderToString(
      <Tabs {...props}>
        <Tab label="One">x</Tab>
      </Tabs>,
    ))?.[1];
  assert.equal(group({}), "Tabs");
  assert.equal(group({ label: "Pages" }), "Pages");
});

Deno.test("Tabs stays out of the form that it stands in", () => {
  assert.match(
    renderToString(
      <Tabs>
        <Tab label="One">x</Tab>
      </Tabs>,
    ),
    /<input[^>]* form(=""|\s|>)/,
  );
});

Deno.test("Tabs opens the tab that is named, and by itself the first that is seen", () => {
  const checked = (selected?: string | number) => {
    const html = renderToString(
      <Tabs {...selected === undefined ? {} : { selected }}>
        <Tab label="One" hidden>x</Tab>
        <Tab label="Two" id="two">y</Tab>
        <Tab label="Three" id="three">z</Tab>
      </Tabs>,
    );
    return (html.match(/<input[^>]*>/g) ?? []).findIndex((radio) => /\schecked/.test(radio));
  };
  assert.deepEqual([checked(), checked("three"), checked(1)], [1, 2, 1]);
});

Deno.test("Tab refuses to stand outside of tabs", () => {
  assert.throws(() => renderToString(<Tab label="One">x</Tab>), /"One" outside of tabs/);
});

Deno.test("Sidebar stands at the left unless told otherwise, with a label of its own", () => {
  assert.match(renderToString(<Sidebar>a</Sidebar>), /<details[^>]* open[^>]* data-side="left"[^]*Menu/);
  const html = renderToString(<Sidebar label="Options" position="right" open={false}>a</Sidebar>);
  assert.match(html, /data-side="right"[^]*Options/);
  assert.doesNotMatch(html, /<details[^>]* open/);
});
