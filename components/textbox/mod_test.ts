import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { tell } from "@/lib/demo/explain.ts";
import { TextboxView } from "./view.tsx";
import { textbox } from "./mod.ts";

type Options = Parameters<typeof textbox>[0];

function draw(options: Options, value = "", interactive = true): string {
  const { props } = textbox(options);
  // The props of a declared field are those of its view.
  return renderToString(
    h(TextboxView, {
      id: "it",
      props: props as never,
      value,
      interactive,
      status: { phase: "idle" },
      raise: () => {},
    }),
  );
}

Deno.test("textbox() is a single-line input, and a textarea from two lines on", () => {
  assert.match(draw({}), /<input[^>]* type="text"/);
  assert.match(draw({ lines: 2 }), /<textarea[^>]* rows="2"/);
  assert.match(draw({ lines: 1, maxLines: 4 }), /<textarea[^>]* rows="1"[^>]* data-max="4"/);
});

Deno.test("textbox() grows with the lines of its value, no further than maxLines", () => {
  assert.match(draw({ lines: 2, maxLines: 4 }, "a\nb\nc"), /rows="3"/);
  assert.match(draw({ lines: 2, maxLines: 4 }, "a\nb\nc\nd\ne"), /rows="4"/);
});

Deno.test("textbox() that is only shown is read-only and shows more than one line", () => {
  assert.match(draw({}, "a\nb", false), /<textarea[^>]* readonly[^>]* rows="2"/);
});

Deno.test("textbox() keeps passwords and addresses in one line", () => {
  assert.match(draw({ type: "password", lines: 3 }), /<input[^>]* type="password"/);
});

Deno.test("textbox() writes text as text", () => {
  assert.ok(draw({}, '"><b>').includes('value="&quot;>&lt;b>"') || draw({}, '"><b>').includes("&quot;"));
  assert.ok(draw({ lines: 2 }, "</textarea><b>").includes("&lt;/textarea"));
});

Deno.test("textbox() refuses text above maxLength", () => {
  const { component, props } = textbox({ maxLength: 3 });
  assert.ok(!textbox.component.wire(props).safeParse("four").success);
  assert.equal(component, textbox.component);
  assert.throws(() => textbox({ maxLength: 3, value: "four" }), TypeError);
});

Deno.test("textbox() counts and keeps a line break as one letter, whoever wrote it", () => {
  const { props } = textbox({ lines: 3, maxLength: 10 });
  for (const schema of [textbox.component.wire(props), textbox.component.taken(props)]) {
    assert.equal(schema.parse("abc\r\nde\rfgh"), "abc\nde\nfgh");
    assert.ok(!schema.safeParse("abc\nde\nfghi").success);
  }
});

Deno.test("textbox() draws a line break at the start twice, as a browser leaves out the first", () => {
  assert.match(draw({ lines: 3 }, "\nfirst"), /<textarea[^>]*>\n\nfirst/);
  assert.match(draw({ lines: 3 }, "first"), /<textarea[^>]*>first/);
});

Deno.test("textbox() names its purpose to browsers that fill it in", () => {
  assert.match(draw({ type: "email" }), /autocomplete="email"/);
  assert.match(draw({ type: "password" }), /autocomplete="current-password"/);
  assert.match(draw({ type: "password", autocomplete: "new-password" }), /autocomplete="new-password"/);
  assert.doesNotMatch(draw({}), /autocomplete/);
});

Deno.test("textbox() that is required says so in words, and refuses an empty text of a person", () => {
  const html = draw({ required: true });
  assert.match(html, /<label[^>]*>It \(required\)<\/label>/);
  assert.match(html, /<input[^>]* aria-required="true"/);
  assert.doesNotMatch(draw({ required: true }, "", false), /required/);
  const { props } = textbox({ required: true });
  assert.ok(!textbox.component.taken(props).safeParse("").success);
  assert.ok(textbox.component.wire(props).safeParse("").success);
});

Deno.test("textbox() for an address refuses what a browser marks as none, and says so", () => {
  const { props } = textbox({ type: "email" });
  const taken = textbox.component.taken(props);
  for (const right of ["", "ada@example.com", "a.b+c@host", " ada@example.com "]) {
    assert.ok(taken.safeParse(right).success, right);
  }
  for (const wrong of ["x", "x@", "@x", "a b@c.de", "a@-b.de", "a@b..c", `${"a@".repeat(50_000)}`]) {
    const { error } = taken.safeParse(wrong);
    assert.ok(error, wrong);
    assert.equal(tell("Email", error), "Email must be an e-mail address");
  }
  // Only a person's text is looked at, not what a handler gives.
  assert.ok(textbox.component.wire(props).safeParse("x").success);
  assert.ok(textbox.component.taken(textbox().props).safeParse("x").success);
});
