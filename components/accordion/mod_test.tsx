import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { SidebarView } from "@/components/sidebar/view.tsx";
import { AccordionView } from "./view.tsx";

const still = { id: "more", value: null, interactive: true, status: { phase: "idle" } } as const;

Deno.test("accordion() and sidebar() are drawn open or closed by the browser's own means", () => {
  for (const open of [true, false]) {
    const folded = renderToString(
      <AccordionView {...still} props={{ label: "More", open }}>x</AccordionView>,
    );
    assert.equal(/<details[^>]* open[ >]/.test(folded), open);
    const beside = renderToString(
      <SidebarView {...still} props={{ label: "Menu", open, position: "right" }}>x</SidebarView>,
    );
    assert.equal(/<details[^>]* open[ >]/.test(beside), open);
    assert.match(beside, /data-side="right"/);
    for (const html of [folded, beside]) assert.match(html, /<details[^>]* id="more"[^]*<summary>/);
  }
});
