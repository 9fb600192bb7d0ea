import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { AnyField, Taken } from "@/lib/value/field.ts";
import { dropdown } from "./mod.ts";
import { DropdownView } from "./view.tsx";

function draw({ props, initial }: AnyField, value: unknown = initial): string {
  return renderToString(
    h(DropdownView, {
      id: "it",
      props: props as never,
      value: value as string,
      interactive: true,
      status: { phase: "idle" },
    }),
  );
}

Deno.test("dropdown() starts with its first choice, or with nothing where nothing may be chosen", () => {
  assert.equal(dropdown({ choices: ["a", "b"] }).initial, "a");
  assert.equal(dropdown({ choices: ["a", "b"], value: null }).initial, null);
  assert.equal(dropdown({ choices: [] }).initial, null);
});

Deno.test("dropdown() types what handlers receive by its choices", () => {
  const plain = dropdown({ choices: ["a", "b"] as const });
  const pairs = dropdown({ choices: [["A", 1], "b"] as const, value: 1 });
  const open = dropdown({ choices: ["a", "b"] as const, value: null });
  const one: Taken<typeof plain> = "a";
  const two: Taken<typeof pairs> = 1;
  const three: Taken<typeof open> = null;
  // @ts-expect-error "c" is no choice
  const wrong: Taken<typeof plain> = "c";
  // @ts-expect-error null is not allowed without `value: null`
  const nothing: Taken<typeof plain> = null;
  assert.deepEqual([one, two, three, wrong, nothing], ["a", 1, null, "c", null]);
});

Deno.test("dropdown() types by text and number what it starts with: other choices may come", () => {
  const texts = dropdown({ choices: ["a", "b"] });
  const numbers = dropdown({ choices: [["A", 1], ["B", 2]] });
  const open = dropdown({ choices: ["a", "b"], value: null });
  const one: Taken<typeof texts> = "c";
  const two: Taken<typeof numbers> = 3;
  const three: Taken<typeof open>[] = ["c", null];
  // @ts-expect-error a number is no text
  const wrong: Taken<typeof texts> = 1;
  // @ts-expect-error null is not allowed without `value: null`
  const nothing: Taken<typeof texts> = null;
  assert.deepEqual([one, two, three, wrong, nothing], ["c", 3, ["c", null], 1, null]);
});

Deno.test("dropdown() rejects a value that is no choice", () => {
  // @ts-expect-error "c" is no choice
  assert.throws(() => dropdown({ choices: ["a", "b"] as const, value: "c" }), TypeError);
  assert.throws(() => dropdown({ choices: ["a", "b"], value: "c" }), TypeError);
});

Deno.test("dropdown() marks the chosen entry in the markup", () => {
  assert.match(draw(dropdown({ choices: ["a", "b"], value: "b" })), /<option[^>]*value="b" selected/);
});

Deno.test("dropdown() shows that nothing is chosen when its value is no choice any more", () => {
  const html = draw(dropdown({ choices: ["a", "b"] }), "gone");
  assert.match(html, /<option value="" selected[^>]*>Choose/);
});

Deno.test("dropdown() brings numbers back from a form as numbers", () => {
  const { props } = dropdown({ choices: [["A", 1], ["B", 2]] });
  assert.equal(dropdown.component.form({ texts: ["2"], files: [] }, props), 2);
});

Deno.test("dropdown() rejects two choices that a form could not tell apart", () => {
  assert.throws(() => dropdown({ choices: ["1", 1] }), /twice/);
});

Deno.test("dropdown() in which nothing may be chosen keeps an entry for nothing", () => {
  const field = dropdown({ choices: ["a", "b"], value: null, placeholder: "None" });
  assert.match(draw(field, "b"), /<option value=""[^>]*>None<\/option>/);
  assert.doesNotMatch(draw(dropdown({ choices: ["a", "b"] }), "b"), /<option value=""/);
  assert.throws(() => dropdown({ choices: ["", "b"], value: null }), /"choices": expected no value ""/);
});

Deno.test("dropdown() that is required begins with nothing chosen, and refuses that", () => {
  const field = dropdown({ choices: ["a", "b"], required: true });
  assert.equal(field.initial, null);
  assert.ok(!dropdown.component.wire(field.props).safeParse(null).success);
  const html = draw(field);
  assert.match(html, /<select[^>]* aria-required="true"/);
  assert.match(html, /It \(required\)/);
});
