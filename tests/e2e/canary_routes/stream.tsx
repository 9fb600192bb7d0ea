import { setTimeout } from "node:timers/promises";
import { Blocks, button, html, markdown, on } from "atoll";
import { payloads } from "@/tests/canaries.ts";

const PIECE = 3;
const { script, imageError, svgLoad, styleNest, commentEnds, scriptOddCase } = payloads.runs;
const text = [script, imageError, svgLoad, styleNest, commentEnds, scriptOddCase].map((one) =>
  `<p>${one}</p>\n\n`
).join("");

/** Hostile markup in pieces that are cut anywhere, most of them within a tag. */
export default Blocks({
  title: "Stream",
  fields: { go: button("Go"), out: html(), prose: markdown(), done: markdown() },
  actions: ({ go, out, prose, done }) => ({
    tell: on(go.click, {
      outputs: { out, prose, done },
      async *fn() {
        for (let end = PIECE; end < text.length + PIECE; end += PIECE) {
          const sofar = text.slice(0, end);
          yield { out: sofar, prose: sofar };
          // One frame for each: pieces that come together would be drawn together.
          await setTimeout(2);
        }
        yield { done: "all of it" };
      },
    }),
  }),
});
