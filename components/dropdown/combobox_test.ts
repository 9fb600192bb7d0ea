import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { isEnter } from "@/components/ui/enter.ts";
import { comboboxOf, type Tools } from "./combobox.ts";

/** The list of a box that is open, with 400 choices. */
function drawOpen(active: number): string {
  const states = [undefined, true, active];
  const useState = (() => [states.shift(), () => {}]) as unknown as Tools["useState"];
  const Combobox = comboboxOf({ h, useEffect: () => {}, useState, isEnter });
  const labels = Array.from({ length: 400 }, (_, index) => `Choice ${index}`);
  return renderToString(
    h(Combobox, {
      id: "it",
      labels,
      chosen: active,
      placeholder: "Choose",
      nullable: false,
      choose: () => {},
    }),
  );
}

for (const active of [0, 199, 200, 350, 399]) {
  Deno.test(`A list of 400 choices has the entry that Enter takes: ${active}`, () => {
    const html = drawOpen(active);
    assert.match(html, new RegExp(`aria-activedescendant="it-${active}"`));
    assert.match(html, new RegExp(`id="it-${active}"[^>]* aria-selected="true"[^>]*>Choice ${active}<`));
    assert.equal(html.match(/role="option"/g)?.length, 200);
  });
}
