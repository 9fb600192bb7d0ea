import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { image } from "./mod.ts";
import type { PictureRef } from "./ref.ts";
import { ImageView } from "./view.tsx";

const ref: PictureRef = { id: "a".repeat(22), url: "/f", name: "cat.png", size: 30, mime: "image/png" };

Deno.test("image() draws the words of a picture, else those of its field", () => {
  const altOf = (value: PictureRef, props: Parameters<typeof image>[0] = {}) =>
    /<img[^>]* alt="([^"]*)"/.exec(renderToString(h(ImageView, {
      id: "photo",
      props: image(props).props as never,
      value,
      interactive: true,
      status: { phase: "idle" },
    })))?.[1];
  assert.equal(altOf(ref), "Photo");
  assert.equal(altOf(ref, { label: "A pet" }), "A pet");
  assert.equal(altOf(ref, { label: "A pet", alt: "The pet that was chosen" }), "The pet that was chosen");
  assert.equal(altOf({ ...ref, alt: "A cat" }, { alt: "The pet that was chosen" }), "A cat");
  assert.match(
    renderToString(h(ImageView, {
      id: "photo",
      props: image().props as never,
      value: { ...ref, alt: "" },
      interactive: true,
      status: { phase: "idle" },
    })),
    /<img[^>]* alt(?:="")?[ />]/,
  );
});
