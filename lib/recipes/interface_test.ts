import assert from "node:assert/strict";
import {
  cached,
  checkbox,
  dropdown,
  Fault,
  image,
  Interface,
  markdown,
  number,
  slider,
  textbox,
} from "atoll";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { DatasetView } from "@/components/dataset/view.tsx";
import type { Demo } from "@/lib/demo/blocks.tsx";
import { openDemo } from "@/lib/testing/open_demo.ts";

Deno.test("Interface() hands what actions can be told on to its action", async () => {
  let called = 0;
  const page = Interface({
    inputs: { name: textbox(), volume: slider({ min: 1, max: 10 }) },
    outputs: { greeting: textbox() },
    validate: { name: (name) => name === "" ? "Give a name" : undefined },
    concurrencyLimit: 2,
    timeoutMs: 500,
    retry: true,
    fn: cached(({ name }: { name: string }) => ({ greeting: `${++called} ${name}` })),
  });
  const { predict } = page.demo.actions;
  assert.deepEqual([predict?.limit, predict?.timeoutMs, predict?.retry], [2, 500, true]);
  await using app = openDemo(page);
  assert.throws(() => app.submit("predict"), (error) => error instanceof Fault && error.field === "name");
  assert.deepEqual(await app.run("predict", { name: "Ada" }), { greeting: "1 Ada" });
  assert.deepEqual(await app.run("predict", { name: "Ada" }), { greeting: "1 Ada" });
});

Deno.test("Interface() types the handler of a batch by lists", async () => {
  const page = Interface({
    inputs: textbox(),
    outputs: textbox(),
    batch: true,
    maxBatchSize: 8,
    fn: (texts) => texts.map((text) => text.toUpperCase()),
  });
  await using app = openDemo(page);
  assert.deepEqual(await app.run("predict", { input: "x" }), { output: "X" });
  Interface({
    inputs: textbox(),
    outputs: textbox(),
    // @ts-expect-error a text is checked by what takes a text
    validate: (text: number) => `${text}`,
    fn: (text) => text,
  });
});

Deno.test("Interface() without a function is refused where it is declared", () => {
  const fields = { inputs: textbox(), outputs: textbox() };
  // @ts-expect-error there is nothing to show
  const none: Parameters<typeof Interface>[0] = fields;
  assert.throws(
    () => Interface(none),
    /Cannot make lib\/recipes\/interface_test.ts without fn: the function to show/,
  );
  assert.throws(() => Interface({ title: "Mine", ...none }), /Cannot make "Mine" without fn/);
});

Deno.test("Interface() shows of each example what a person reads, whatever its fields make of a value", () => {
  const png = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
  );
  const file = { id: "a".repeat(24), url: "/files/a", name: "cat.png", size: 3, mime: "image/png" };
  const { demo } = Interface({
    inputs: {
      name: textbox(),
      level: slider({ min: 0, max: 9 }),
      mood: dropdown({ choices: [["Calm", 1], ["Bright", 2]] }),
      text: markdown(),
      photo: image(),
      loud: checkbox(),
    },
    outputs: { out: textbox() },
    fn: () => ({}),
    examples: [
      { name: "Ada", level: 3, mood: 2, text: "*Hello*", photo: png, loud: true },
      { name: "", level: 4.2, photo: file },
    ],
  });
  const url = `data:image/png;base64,${png.toBase64()}`;
  assert.deepEqual(demo.fields.examples?.props.samples, [
    ["Ada", "3", "2", "*Hello*", { url, mime: "image/png", name: "" }, "true"],
    ["", "4.2", "\u2013", "\u2013", { url: "/files/a", mime: "image/png", name: "cat.png" }, "\u2013"],
  ]);
  assert.deepEqual(demo.fields.examples?.props.summaries, [
    ["Ada", "3", "2", "*Hello*", "Example 1", "true"],
    ["", "4.2", "\u2013", "\u2013", "cat.png", "\u2013"],
  ]);
});

Deno.test("Interface() gives each example a button with a name, whatever is in its first cell", () => {
  const png = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
  );
  const names = (page: { readonly demo: Demo }) => {
    const { examples } = page.demo.fields;
    const html = renderToString(h(DatasetView, {
      id: "examples",
      props: examples?.props as never,
      value: null,
      interactive: true,
      status: { phase: "idle" },
    }));
    return [...html.matchAll(/<button[^>]* aria-label="([^"]*)"/g)].map(([, name]) => name);
  };
  const outputs = textbox({ label: "Out" });
  assert.deepEqual(
    names(Interface({
      inputs: { steps: number({ value: 6 }) },
      outputs: { out: outputs },
      fn: () => ({}),
      examples: [{ steps: null }, { steps: 0 }, {}],
    })),
    ["(empty)", "0", "Example 3"],
  );
  assert.deepEqual(
    names(Interface({
      inputs: { photo: image(), size: number() },
      outputs: { out: outputs },
      fn: () => ({}),
      examples: [
        { photo: png, size: 3 },
        { photo: "static/samples/coffee.jpg" },
        { photo: { bytes: png, alt: "A dot" }, size: null },
        { size: 4 },
        { photo: null, size: 5 },
      ],
    })),
    ["Example 1, 3", "coffee, \u2013", "A dot, (empty)", "Example 4, 4", "(empty), 5"],
  );
});

Deno.test("Interface() takes the path of a picture as an example, gives its bytes, and shows it by its own address", async () => {
  await using app = openDemo(Interface({
    inputs: { photo: image() },
    outputs: { out: textbox() },
    fn: () => ({ out: "" }),
    examples: [{ photo: "static/samples/coffee.jpg" }],
  }));
  const { photo } = await app.run("example", { examples: 0 }) as { photo: { name: string; size: number } };
  assert.equal(photo.name, "coffee.jpg");
  assert.equal(photo.size, (await Deno.stat("static/samples/coffee.jpg")).size);
  const { demo } = Interface({
    inputs: image(),
    outputs: textbox(),
    fn: () => "",
    examples: ["static/samples/coffee.jpg"],
  });
  assert.deepEqual(demo.fields.examples?.props.samples, [[
    { url: "/samples/coffee.jpg", mime: "image/jpeg", name: "coffee.jpg" },
  ]]);
});

Deno.test("Interface() refuses an example that does not fit, also where its field encodes what it is given", () => {
  const level = slider({ min: 0, max: 9 });
  const wrong: readonly [() => unknown, RegExp][] = [
    [
      () =>
        Interface({
          inputs: { level },
          outputs: textbox(),
          fn: () => "",
          examples: [{ level: "3" as never }],
        }),
      /example 1: its "level" does not fit its field: .*number/,
    ],
    [
      () => Interface({ inputs: image(), outputs: textbox(), fn: () => "", examples: [new Uint8Array(9)] }),
      /example 1: its "input" does not fit its field: it is not a PNG, JPEG, GIF, WebP or AVIF picture/,
    ],
    [
      () => Interface({ inputs: image(), outputs: textbox(), fn: () => "", examples: ["cat.png"] }),
      /example 1: its "input" does not fit its field: the file "cat\.png" does not exist/,
    ],
    [
      () => Interface({ inputs: image(), outputs: textbox(), fn: () => "", examples: ["deno.json"] }),
      /example 1: its "input" does not fit its field: the file "deno.json" is not a PNG/,
    ],
    [
      () => Interface({ inputs: image(), outputs: textbox(), fn: () => "", examples: [7 as never] }),
      /example 1: its "input" does not fit its field: A picture is its encoded bytes/,
    ],
  ];
  for (const [declare, says] of wrong) {
    assert.throws(declare, (error) => error instanceof TypeError && says.test(error.message));
  }
});
