import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Component } from "@/lib/demo/component.ts";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FieldStatus } from "@/lib/value/page.ts";
import { accordion, column, group, row, sidebar, tab, tabs } from "./mod.ts";
import { browserState, button, checkbox, dataset, dropdown, html, image, json } from "./mod.ts";
import { builtIn, label, markdown, number, slider, state, textbox, timer } from "./mod.ts";

const file: FileRef = { id: "a".repeat(22), url: "/files/a", name: "a.png", size: 3, mime: "image/png" };

/** What the contract needs to know of a component: a field of it, a value, and values that it must refuse. */
interface Case {
  readonly field: AnyField;
  readonly value: Json;
  readonly wrong: readonly unknown[];
  /** What a form without script sends for `value`; absent where a form sends nothing. */
  readonly sent?: { readonly texts?: readonly string[]; readonly files?: readonly FileRef[] };
  /** What its events carry, for those that carry something: a detail, and others that must be refused. */
  readonly carries?: Readonly<Record<string, { readonly detail: Json; readonly wrong: readonly Json[] }>>;
  /** Set when it is on the page with nothing to see: it has no name, no message and no progress. */
  readonly unseen?: true;
  /** Set when it shows its value instead of a label, a message and progress: others show these for it. */
  readonly bare?: true;
}

/** What containers have in common: nothing but `null` is their value. */
const noValue = { value: null, wrong: ["a", 0, true, {}, undefined] };

const tabDetail = {
  detail: { id: "a", index: 0, value: "A" },
  wrong: [null, "a", { id: "a", index: 0 }, { id: 1, index: 0, value: "A" }, {
    id: "a",
    index: -1,
    value: "A",
  }],
};

const cases: Readonly<Record<string, Case>> = {
  accordion: { field: accordion({ label: "More" }), ...noValue },
  browser_state: { field: browserState(0, { key: "a" }), value: "abc", wrong: [3, null, {}], unseen: true },
  button: { field: button("Go"), value: "Go", wrong: [3, null, {}], bare: true },
  checkbox: { field: checkbox(), value: true, wrong: ["true", 1, null], sent: { texts: ["on"] } },
  column: { field: column({ scale: 2, minWidth: "lg" }), ...noValue },
  dataset: {
    field: dataset({ headers: ["a", "b"], samples: [["x", 1], ["y", 2]] }),
    value: 1,
    wrong: ["1", 2, -1, 0.5],
    sent: { texts: ["1"] },
    carries: { click: { detail: 1, wrong: ["1", -1, 0.5, null, {}] } },
  },
  dropdown: {
    field: dropdown({ choices: ["a", ["B", 2]] }),
    value: 2,
    wrong: ["b", "2", null],
    sent: { texts: ["2"] },
    carries: {
      select: { detail: { index: 1, value: 2 }, wrong: [null, 1, { index: "1", value: 2 }, { index: 1 }] },
    },
  },
  group: { field: group(), ...noValue },
  html: {
    field: html(),
    value: { html: "<p>a</p>", active: false },
    wrong: ["<p>a</p>", null, { html: 1 }],
  },
  image: {
    field: image(),
    value: { ...file },
    wrong: ["a.png", { url: "/etc/passwd" }, 1],
    sent: { files: [file] },
  },
  json: {
    field: json(),
    value: { a: [1, null] },
    wrong: [undefined, () => 1],
    sent: { texts: ['{"a":[1,null]}'] },
  },
  label: {
    field: label(),
    value: { label: "cat", confidences: [{ label: "cat", confidence: 0.75 }] },
    wrong: ["cat", { label: 1, confidences: null }, { confidences: [] }],
  },
  markdown: {
    field: markdown(),
    value: { text: "*a*", html: "<p><em>a</em></p>\n" },
    wrong: ["*a*", null, { text: 1 }],
    carries: { copy: { detail: { value: "a" }, wrong: ["a", null, { value: 1 }] } },
  },
  number: {
    field: number({ minimum: 0, maximum: 9 }),
    value: 2.5,
    wrong: ["2", 10, NaN, Infinity],
    sent: { texts: ["2.5"] },
  },
  row: { field: row({ equalHeight: true }), ...noValue },
  sidebar: { field: sidebar(), ...noValue },
  slider: {
    field: slider({ min: 0, max: 9 }),
    value: 4,
    wrong: ["4", 10, null],
    sent: { texts: ["4"] },
    carries: { release: { detail: 4, wrong: ["4", null, {}] } },
  },
  state: { field: state(0), value: 1, wrong: [] },
  tab: { field: tab("One"), ...noValue, carries: { select: tabDetail } },
  tabs: { field: tabs({ selected: "a" }), ...noValue, carries: { change: tabDetail, select: tabDetail } },
  textbox: {
    field: textbox(),
    value: "<b>",
    wrong: [3, null, ["a"]],
    sent: { texts: ["<b>"] },
    carries: { copy: { detail: { value: "a" }, wrong: ["a", null, { value: 1 }] } },
  },
  timer: {
    field: timer(2),
    value: 0.5,
    wrong: ["2", 0, -1, null, Infinity],
    sent: { texts: ["0.5"] },
    unseen: true,
  },
};

const still: FieldStatus = { phase: "idle" };

function draw(component: Component, { field, value }: Case, more: Record<string, unknown> = {}): string {
  return renderToString(
    h(component.view, {
      id: "my_field",
      props: field.props,
      value,
      interactive: true,
      status: still,
      ...more,
    }),
  );
}

/** A view as it is drawn without a page, and with one behind it; both without the tools that take script. */
function drawnTwice(component: Component, it: Case, interactive: boolean) {
  const { submits } = alive;
  const plain = (html: string) =>
    html.replace(/<button[^>]* class="(?:[^"]* )?at-live"[^>]*>[^]*?<\/button>/g, "");
  return {
    without: plain(draw(component, it, { interactive, submits })),
    behind: plain(draw(component, it, { ...alive, interactive })),
  };
}

type AnySchema = ReturnType<Component["wire"]>;

/** A value with each of its lists made long, of items that it hardly takes. */
function* withLongLists(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) { for (const item of [{}, 1, "a", null, true]) yield Array(1000).fill(item); }
  for (const [key, inner] of Object.entries(value)) {
    for (const long of withLongLists(inner)) yield Array.isArray(value) ? [long] : { ...value, [key]: long };
  }
}

const alive = { set: () => {}, raise: () => {}, submits: "$run.go" };

Deno.test("builtIn lists every component folder, in the order of their names", async () => {
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL("./", import.meta.url))) {
    if (isDirectory && name !== "ui" && name !== "layout") folders.push(name);
  }
  assert.deepEqual(builtIn.map(({ kind }) => kind), folders.sort());
  assert.deepEqual(Object.keys(cases).sort(), folders);
});

for (const component of builtIn) {
  const { kind } = component;
  const it = cases[kind] as Case;
  const hidden = component.holds === "session";

  Deno.test(`${kind} describes its wire value with a JSON Schema`, () => {
    assert.equal(typeof component.jsonSchema(it.field.props), "object");
    assert.equal(componentOf(it.field), component);
  });

  Deno.test(`${kind} accepts its first value and an ordinary one, and keeps both`, () => {
    const wire = component.wire(it.field.props);
    for (const value of [it.field.initial, it.value]) assert.deepEqual(wire.parse(value), value);
  });

  Deno.test(`${kind} refuses values of a wrong type`, () => {
    for (const schema of [component.wire(it.field.props), component.taken(it.field.props)]) {
      for (const wrong of it.wrong) {
        assert.ok(!schema.safeParse(wrong).success, `accepts ${JSON.stringify(wrong)}`);
      }
    }
  });

  Deno.test(`${kind} looks at a long list up to its first wrong item`, () => {
    const wire = component.wire(it.field.props);
    const sent: [AnySchema, unknown][] = [[wire, it.value]];
    for (const [event, { detail }] of Object.entries(it.carries ?? {})) {
      const schema = component.events[event];
      if (schema) sent.push([schema, detail]);
    }
    for (const [schema, value] of sent) {
      for (const long of withLongLists(value)) {
        assert.ok(
          (schema.safeParse(long).error?.issues.length ?? 0) <= 5,
          "tells of each item: see listOf()",
        );
      }
    }
  });

  Deno.test(`${kind} refuses props it does not know`, () => {
    assert.ok(!component.spec.strict().safeParse({ ...it.field.props, colour: "red" }).success);
  });

  Deno.test(`${kind} sums a value up in one short text`, () => {
    const text = component.summary(it.value);
    assert.ok(typeof text === "string" && text.length <= 60);
  });

  if (it.sent) {
    const { texts = [], files = [] } = it.sent;
    Deno.test(`${kind} reads from a form what it shows`, () => {
      const read = component.form({ texts, files }, it.field.props);
      assert.deepEqual(component.wire(it.field.props).parse(read), it.value);
    });
  }

  Deno.test(`${kind} says what its events carry, and refuses everything else`, () => {
    const carrying = Object.entries(component.events).filter(([, schema]) => schema !== null);
    assert.deepEqual(carrying.map(([event]) => event).sort(), Object.keys(it.carries ?? {}).sort());
    for (const [event, schema] of carrying) {
      const { detail, wrong } = it.carries?.[event] ?? { detail: null, wrong: [] };
      assert.deepEqual(schema?.parse(detail), detail);
      assert.ok(wrong.length > 0);
      for (const one of wrong) assert.ok(!schema?.safeParse(one).success, `${event} ${JSON.stringify(one)}`);
    }
  });

  Deno.test(`${kind} is documented with an example that names it`, async () => {
    const readme = await Deno.readTextFile(new URL(`./${kind}/README.md`, import.meta.url));
    const [, example] = readme.match(/```tsx?\n([^]*?)```/) ?? [];
    const name = kind.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    assert.ok(example?.includes(`${name}(`) || example?.includes(`${name}<`), "no example");
    const { value: _, ...props } = it.field.props;
    for (const prop of Object.keys(props)) {
      assert.ok(readme.includes(`\`${prop}\``), `says nothing of ${prop}`);
    }
    for (const event of Object.keys(component.events)) {
      assert.ok(readme.includes(`\`${event}\``), `says nothing of ${event}`);
    }
  });

  Deno.test(`${kind} is written in files of at most 200 lines`, async () => {
    for await (const { name } of Deno.readDir(new URL(`./${kind}/`, import.meta.url))) {
      const lines =
        (await Deno.readTextFile(new URL(`./${kind}/${name}`, import.meta.url))).split("\n").length;
      assert.ok(lines <= 200, `${name} has ${lines} lines`);
    }
  });

  if (hidden) {
    Deno.test(`${kind} is never drawn`, () => assert.equal(draw(component, it, alive), ""));
    continue;
  }

  Deno.test(`${kind} draws the same with and without a page behind it, and says which field it is`, () => {
    for (const interactive of [true, false]) {
      for (const value of [it.value, it.field.initial]) {
        const { without, behind } = drawnTwice(component, { ...it, value }, interactive);
        assert.equal(behind, without);
        assert.ok(
          behind.includes('data-field="my_field"'),
          "the outer element does not say which field it is",
        );
        assert.equal(behind.split('id="my_field"').length, 2, "not one element has the field's id");
      }
    }
  });

  Deno.test(`${kind} needs no inline style and no inline script`, () => {
    for (const status of statuses) {
      const html = draw(component, it, { ...alive, status });
      assert.doesNotMatch(html, /\sstyle=|\son[a-z]+=|javascript:/i);
    }
  });

  if (component.contains) {
    const children = h("b", null, "inside");

    Deno.test(`${kind} draws what stands in it, also while it is hidden`, () => {
      for (const visible of [true, undefined, false, "hidden"]) {
        const html = draw(component, it, { ...alive, children, props: { ...it.field.props, visible } });
        assert.match(html, /<b[^>]*>inside<\/b>/);
        assert.equal(/ hidden[ >=]/.test(html), visible === false || visible === "hidden");
      }
    });

    Deno.test(`${kind} takes the author's classes`, () => {
      assert.match(draw(component, it, { class: "w-96 mt-2" }), / class="[^"]*\bw-96 mt-2"/);
    });
    continue;
  }

  if (it.unseen) {
    Deno.test(`${kind} is drawn as an empty element that nobody sees`, () => {
      assert.match(draw(component, it, alive), /^<([a-z]+)[^>]* hidden[^>]*><\/\1>$/);
      assert.equal(draw(component, it, { props: { ...it.field.props, visible: false } }), "");
    });
    continue;
  }

  Deno.test(`${kind} has an accessible name from its label, and from its key without one`, () => {
    const named = draw(component, it, { props: { ...it.field.props, label: "A & B" } });
    assert.ok(named.includes("A &amp; B"));
    if (!it.bare) assert.ok(draw(component, it).includes("My field"));
    const html = draw(component, it, { props: { ...it.field.props, label: "A & B", showLabel: false } });
    assert.ok(html.includes("A &amp; B"), "the label is gone for screen readers");
  });

  if (!it.bare) {
    Deno.test(`${kind} is described by its help and by its error, whatever its control is`, () => {
      const props = { ...it.field.props, info: "Some help" };
      const status: FieldStatus = { phase: "failed", message: "Something is wrong" };
      for (const interactive of [true, false]) {
        const html = draw(component, it, { props, status, interactive });
        assert.ok(html.includes('aria-describedby="my_field-info my_field-error"'), html);
        for (const part of ["info", "error"]) assert.ok(html.includes(`id="my_field-${part}"`), `no ${part}`);
        // Each control that a person fills in says so itself.
        if (!interactive || html.startsWith("<div") && / role="group"/.test(html.slice(0, 200))) continue;
        for (const [input] of html.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
          if (input.includes('type="hidden"')) continue;
          assert.match(input, /aria-invalid="true"/);
          assert.match(input, /aria-describedby="my_field-info my_field-error"/);
        }
      }
    });
  }

  Deno.test(`${kind} takes the author's classes on its outer element`, () => {
    assert.match(draw(component, it, { class: "w-96 mt-2" }), /^<[^>]* class="[^"]*\bw-96 mt-2"/);
  });

  Deno.test(`${kind} is not drawn when it is not visible, and drawn unseen when it is hidden`, () => {
    assert.equal(draw(component, it, { props: { ...it.field.props, visible: false } }), "");
    assert.match(draw(component, it, { props: { ...it.field.props, visible: "hidden" } }), /^<[^>]* hidden/);
  });

  if (it.bare) continue;

  Deno.test(`${kind} says what went wrong`, () => {
    const html = draw(component, it, { status: { phase: "failed", message: "Too <loud>" } });
    assert.match(html, /<p id="my_field-error"[^>]*>Too &lt;loud><\/p>/);
    const still = draw(component, it);
    assert.doesNotMatch(still, /aria-invalid|my_field-error/);
    if (/\bname="my_field"/.test(html)) {
      const [control = ""] = /<[^>]*\bid="my_field"/.exec(html) ?? [];
      assert.match(control, /aria-describedby="(?:[^"]* )?my_field-error(?: [^"]*)?"/);
      assert.match(control, /aria-invalid="true"/);
    }
  });

  Deno.test(`${kind} shows its place in the queue and its progress`, () => {
    assert.match(draw(component, it, { status: { phase: "queued", position: 3 } }), /2 ahead of you/);
    const html = draw(component, it, { status: { phase: "running", progress: 0.42, message: "verse 3" } });
    assert.match(html, /42 % · verse 3/);
    assert.match(html, /<progress[^>]* value="0.42"/);
  });
}

Deno.test("drawnTwice() finds a seeded view that needs a page to show what it holds", () => {
  const seeded = (view: Component["view"]) => drawnTwice({ view } as Component, cases.textbox as Case, true);
  const alike = seeded(({ id, value, set }) =>
    h("p", { id }, `${value}`, set && h("button", { class: "at-live" }, "Copy"))
  );
  assert.equal(alike.behind, alike.without);
  const other = seeded(({ id, value, set }) => h("p", { id }, set ? `${value}` : ""));
  assert.notEqual(other.behind, other.without);
  const named = seeded(({ id, submits, set }) => h("button", { id, name: set ? submits : undefined }, "Go"));
  assert.notEqual(named.behind, named.without);
});

const statuses: FieldStatus[] = [
  still,
  { phase: "queued", position: 2 },
  { phase: "running" },
  { phase: "running", progress: 0.5, message: "half" },
  { phase: "failed", message: "No" },
];
