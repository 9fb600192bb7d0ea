// deno-fmt-ignore-file -- each mistake must stand on the line after its comment
/**
 * What the types promise to authors. Every `@ts-expect-error` is a wrong program that must not compile; the right ones
 * must. The bodies are never run: `deno check` is the test, and the one below proves that the file was looked at.
 */
import assert from "node:assert/strict";
import {
  accordion,
  Blocks,
  button,
  checkbox,
  column,
  dropdown,
  Fault,
  image,
  Interface,
  json,
  label,
  load,
  markdown,
  number,
  on,
  Row,
  slider,
  state,
  Tab,
  tab,
  Tabs,
  tabs,
  textbox,
  update,
} from "atoll";
import { openDemo } from "atoll/testing";

Deno.test("The grammar's types hold: right programs compile, and more than 40 wrong ones do not", async () => {
  const text = await Deno.readTextFile(new URL(import.meta.url));
  const wrong = text.match(/^\s*\/\/ @ts-expect-error /gm)?.length ?? 0;
  assert.ok(wrong >= 40, `only ${wrong} wrong programs`);
  assert.equal(typeof right, "function");
  assert.equal(typeof wrongInterfaces, "function");
  assert.equal(typeof wrongBlocks, "function");
  assert.equal(typeof wrongFields, "function");
  assert.equal(typeof wrongContainers, "function");
  assert.equal(typeof tests, "function");
});

function right() {
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s) => s.toUpperCase() });
  Interface({
    inputs: { name: textbox(), n: slider({ min: 0, max: 3 }), style: dropdown({ choices: ["loud", "soft"] }) },
    outputs: { greeting: textbox() },
    fn: ({ name, n, style }) => ({ greeting: name.repeat(n) + (style === "loud" ? "!" : "") }),
    examples: [{ name: "Ada", n: 1, style: "soft" }, { name: "Grace" }],
  });
  Interface({
    inputs: image(),
    outputs: { wide: slider({ min: 0, max: 9 }), img: image() },
    async *fn(img, { signal, progress }) {
      progress(0.1);
      yield { wide: 1 };
      if (img && !signal.aborted) yield { wide: img.width, img: await img.bytes() };
    },
  });
  Interface({
    inputs: textbox(),
    outputs: textbox(),
    async *fn(s) {
      for (const character of s) yield character;
    },
  });
  Interface({
    inputs: { a: number(), b: checkbox() },
    outputs: { l: label(), m: markdown(), j: json() },
    *fn({ a, b }) {
      yield { l: { yes: a ?? 0, no: b ? 1 : 0 } };
      return { m: "**done**", j: { a, b } };
    },
  });
  Blocks({
    fields: {
      photo: image(),
      radius: slider({ min: 0, max: 40 }),
      out: image(),
      go: button("Blur"),
      caption: textbox(),
      seen: state(0),
      history: state<{ at: Date; text: string }[]>([]),
    },
    actions: ({ photo, radius, out, go, caption, seen, history }) => {
      const blur = on([go.click, radius.release], {
        inputs: { photo, radius },
        outputs: out,
        async *fn({ photo, radius }, { signal }) {
          if (photo && radius > 1 && !signal.aborted) yield await photo.bytes();
        },
      });
      const describe = on(blur.done, {
        inputs: { photo, seen },
        outputs: { caption, seen },
        fn: ({ photo, seen }) =>
          photo ? { caption: `${photo.width}`, seen: seen + 1 } : { caption: update({ visible: false }) },
      });
      const remember = on([load, describe.success], {
        inputs: { history, caption },
        outputs: { history },
        fn: ({ history, caption }) => ({ history: [...history, { at: new Date(), text: caption }] }),
      });
      const stop = on(go.click, { cancels: [blur], fn: (_, { log }) => log.info("stopped") });
      return { blur, describe, remember, stop };
    },
    layout: (ui) => (
      <Tabs>
        <Tab label="One">
          <Row>
            <ui.photo />
            <ui.caption class="w-6" />
          </Row>
        </Tab>
      </Tabs>
    ),
  });
  Blocks({
    fields: { go: button("Go"), pages: tabs(), one: tab("One"), more: accordion({ label: "More" }), a: textbox() },
    actions: ({ go, pages, one, more, a }) => ({
      move: on([go.click, more.expand, one.select, pages.change], {
        outputs: { pages, one, more, a },
        fn: () => ({
          pages: update({ selected: "one" }),
          one: update({ visible: true, interactive: false, label: "1" }),
          more: update({ open: true, label: "Less" }),
          a: "x",
        }),
      }),
      alone: on(go.click, { outputs: pages, fn: () => update({ selected: "one" }) }),
    }),
    layout: (ui) => (
      <ui.pages class="w-96">
        <ui.one>
          <ui.more>
            <ui.a />
          </ui.more>
        </ui.one>
        <Tab label="Two" id="two">
          <ui.go />
        </Tab>
      </ui.pages>
    ),
  });
  const cities = { France: ["Paris", "Lyon"], Japan: ["Tokyo", "Osaka"] } as const;
  Blocks({
    fields: {
      country: dropdown({ choices: ["France", "Japan"] as const }),
      city: dropdown({ choices: ["Paris", "Lyon"] }),
      visit: textbox(),
    },
    actions: ({ country, city, visit }) => ({
      choose: on(country.change, {
        inputs: country,
        outputs: city,
        fn: (country) => update({ choices: cities[country], value: cities[country][0] }),
      }),
      tokyo: on(load, { outputs: { city }, fn: () => ({ city: update({ choices: ["Tokyo"], value: "Tokyo" }) }) }),
      go: on(city.change, { inputs: city, outputs: visit, fn: (city) => city === "Tokyo" ? "far" : city }),
    }),
  });
  const level = slider({ min: 0, max: 9 }), mood = dropdown({ choices: ["calm", "bright"] }), go = button("Go");
  on(go.click, { outputs: { go, mood }, fn: () => ({ go: update({ variant: "primary" }), mood: update({ choices: ["calm", ["Very bright", "bright"]] }) }) });
  on(level.release, { fn: (_, { event }) => void event?.detail.toFixed(1) });
  on([mood.select, go.click], { fn: (_, { event }) => void `${event?.name === "select" ? event.detail.value : event?.field}` });
  new Fault("refused", "No", { field: "a" });
}

function wrongInterfaces() {
  // @ts-expect-error the handler gives text where a number goes
  Interface({ inputs: textbox(), outputs: slider({ min: 0, max: 1 }), fn: (s) => s });
  // @ts-expect-error no such input
  Interface({ inputs: { a: textbox() }, outputs: textbox(), fn: ({ b }) => b });
  // @ts-expect-error an example of the wrong type
  Interface({ inputs: { a: textbox() }, outputs: textbox(), fn: ({ a }) => a, examples: [{ a: 3 }] });
  // @ts-expect-error an example of an unknown input
  Interface({ inputs: { a: textbox() }, outputs: textbox(), fn: ({ a }) => a, examples: [{ z: "x" }] });
  // @ts-expect-error an example that is not one of the choices
  Interface({ inputs: { a: dropdown({ choices: ["x", "y"] as const }) }, outputs: textbox(), fn: ({ a }) => a, examples: [{ a: "z" }] });
  // @ts-expect-error an unknown output
  Interface({ inputs: textbox(), outputs: { a: textbox() }, fn: (s) => ({ z: s }) });
  // @ts-expect-error a bare value for a record of outputs
  Interface({ inputs: textbox(), outputs: { a: textbox() }, fn: (s) => s });
  // @ts-expect-error a record for a single output
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s) => ({ output: s }) });
  // @ts-expect-error no outputs
  Interface({ inputs: textbox(), fn: (s: string) => s });
  // @ts-expect-error no inputs
  Interface({ outputs: textbox(), fn: () => "x" });
  // @ts-expect-error no handler
  Interface({ inputs: textbox(), outputs: textbox() });
  // @ts-expect-error an unknown option
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s) => s, titel: "x" });
  // @ts-expect-error text is no list of numbers
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s) => s * 2 });
  // @ts-expect-error a promise of the wrong type
  Interface({ inputs: textbox(), outputs: checkbox(), fn: async (s) => await Promise.resolve(s) });
  Interface({
    inputs: textbox(),
    outputs: number(),
    // @ts-expect-error a yield of the wrong type
    async *fn(s) {
      yield s;
    },
  });
  // @ts-expect-error a picture may be missing
  Interface({ inputs: image(), outputs: number(), fn: (photo) => photo.width });
  // @ts-expect-error a number may be missing
  Interface({ inputs: number(), outputs: number(), fn: (n) => n + 1 });
  // @ts-expect-error a comparison with what is not a choice
  Interface({ inputs: dropdown({ choices: ["a", "b"] as const }), outputs: checkbox(), fn: (choice) => choice === "c" });
  // @ts-expect-error an output that is not one of the choices
  Interface({ inputs: textbox(), outputs: dropdown({ choices: ["a", "b"] as const }), fn: () => "c" });
  // @ts-expect-error no such helper in the second argument
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s, { abort }) => (abort, s) });
  // @ts-expect-error progress takes numbers
  Interface({ inputs: textbox(), outputs: textbox(), fn: (s, { progress }) => (progress("half"), s) });
  // @ts-expect-error confidences are numbers
  Interface({ inputs: textbox(), outputs: label(), fn: () => ({ yes: "much" }) });
  // @ts-expect-error inputs are read-only
  Interface({ inputs: { a: textbox() }, outputs: textbox(), fn: (all) => (all.a = "x") });
}

function wrongBlocks() {
  const a = textbox(), go = button("Go"), n = number();
  const level = slider({ min: 0, max: 9 }), mood = dropdown({ choices: ["calm", "bright"] });
  // @ts-expect-error a textbox has no click
  Blocks({ fields: { a }, actions: ({ a }) => ({ x: on(a.click, { fn: () => ({}) }) }) });
  // @ts-expect-error a button has no release
  Blocks({ fields: { go }, actions: ({ go }) => ({ x: on(go.release, {}) }) });
  // @ts-expect-error no such field
  Blocks({ fields: { a }, actions: ({ b }) => ({ x: on(b.change, {}) }) });
  // @ts-expect-error unknown field in the layout
  Blocks({ fields: { a }, layout: (ui) => <ui.b /> });
  // @ts-expect-error a slot takes classes, not values
  Blocks({ fields: { a }, layout: (ui) => <ui.a value="x" /> });
  // @ts-expect-error a layout draws something
  Blocks({ fields: { a }, layout: () => 3 });
  // @ts-expect-error fields come from components
  Blocks({ fields: { a: "textbox" } });
  // @ts-expect-error actions come from on()
  Blocks({ fields: { a }, actions: () => ({ x: () => {} }) });
  // @ts-expect-error actions have names
  Blocks({ fields: { a, go }, actions: ({ go }) => on(go.click, {}) });
  // @ts-expect-error an action is no field
  Blocks({ fields: { a, go }, actions: ({ go }) => ({ x: on(go.click, { inputs: on(go.click, {}), fn: () => {} }) }) });
  // @ts-expect-error an unknown outcome
  Blocks({ fields: { go }, actions: ({ go }) => ({ x: on(on(go.click, {}).finished, {}) }) });
  // @ts-expect-error an unknown trigger mode
  Blocks({ fields: { go }, actions: ({ go }) => ({ x: on(go.click, { triggerMode: "twice" }) }) });
  // @ts-expect-error a limit is a number or null
  Blocks({ fields: { go }, actions: ({ go }) => ({ x: on(go.click, { concurrencyLimit: "all" }) }) });
  // @ts-expect-error cancels takes actions
  Blocks({ fields: { go }, actions: ({ go }) => ({ x: on(go.click, { cancels: [go] }) }) });
  // @ts-expect-error the handler's argument is a record
  Blocks({ fields: { a, go }, actions: ({ a, go }) => ({ x: on(go.click, { inputs: { a }, fn: (s) => void s.length }) }) });
  // @ts-expect-error the handler's argument is a bare value
  Blocks({ fields: { a, go }, actions: ({ a, go }) => ({ x: on(go.click, { inputs: a, fn: ({ a }) => void a }) }) });
  // @ts-expect-error a value of another field's type
  Blocks({ fields: { a, n, go }, actions: ({ a, n, go }) => ({ x: on(go.click, { inputs: { a }, outputs: { n }, fn: ({ a }) => ({ n: a }) }) }) });
  // @ts-expect-error state keeps its type
  Blocks({ fields: { s: state(0), go }, actions: ({ s, go }) => ({ x: on(go.click, { outputs: { s }, fn: () => ({ s: "x" }) }) }) });
  // @ts-expect-error a prop that the field does not have
  Blocks({ fields: { a, go }, actions: ({ a, go }) => ({ x: on(go.click, { outputs: a, fn: () => update({ choices: ["x"] }) }) }) });
  // @ts-expect-error a prop of the wrong type
  Blocks({ fields: { a, go }, actions: ({ a, go }) => ({ x: on(go.click, { outputs: { a }, fn: () => ({ a: update({ lines: "3" }) }) }) }) });
  // @ts-expect-error a value that the field cannot have
  Blocks({ fields: { n, go }, actions: ({ n, go }) => ({ x: on(go.click, { outputs: n, fn: () => update({ value: "x" }) }) }) });
  // @ts-expect-error a release carries a number
  on(level.release, { fn: (_, { event }) => void event?.detail.length });
  // @ts-expect-error an event of a form carries nothing
  on(level.release, { fn: (_, { event }) => void event.detail.toFixed() });
  // @ts-expect-error a click carries nothing
  on(go.click, { fn: (_, { event }) => void event?.detail?.index });
  // @ts-expect-error one of two events carries no index
  on([level.release, mood.select], { fn: (_, { event }) => void event?.detail?.index });
  // @ts-expect-error a number is no choice of text
  on(go.click, { outputs: mood, fn: () => update({ choices: ["new"], value: 3 }) });
  // @ts-expect-error a choice is a text, a number or a pair
  on(go.click, { outputs: mood, fn: () => update({ choices: [true], value: "new" }) });
  // @ts-expect-error constant choices stay as they are
  on(go.click, { outputs: dropdown({ choices: ["a"] as const }), fn: () => update({ value: "new" }) });
  // @ts-expect-error on() takes events
  on("click", {});
  // @ts-expect-error an unknown code
  new Fault("oops", "x");
  // @ts-expect-error a message is needed
  new Fault("refused");
}

function wrongContainers() {
  const go = button("Go"), pages = tabs(), more = accordion({ label: "More" }), box = column();
  // @ts-expect-error an accordion has a label
  accordion({});
  // @ts-expect-error tabs are selected by id
  tabs({ selected: 1 });
  // @ts-expect-error a column has no value
  column({ value: 1 });
  // @ts-expect-error a column cannot be opened
  Blocks({ fields: { go, box }, actions: ({ go, box }) => ({ x: on(go.click, { outputs: box, fn: () => update({ open: true }) }) }) });
  // @ts-expect-error a container is given no bare value
  Blocks({ fields: { go, pages }, actions: ({ go, pages }) => ({ x: on(go.click, { outputs: { pages }, fn: () => ({ pages: "one" }) }) }) });
  // @ts-expect-error nor one in an update
  Blocks({ fields: { go, pages }, actions: ({ go, pages }) => ({ x: on(go.click, { outputs: pages, fn: () => update({ value: "one" }) }) }) });
  // @ts-expect-error an accordion has no change
  Blocks({ fields: { more }, actions: ({ more }) => ({ x: on(more.change, {}) }) });
  // @ts-expect-error a container is placed with children
  Blocks({ fields: { box }, layout: (ui) => <ui.box /> });
  // @ts-expect-error only a container is
  Blocks({ fields: { go }, layout: (ui) => <ui.go>x</ui.go> });
}

function wrongFields() {
  // @ts-expect-error a slider needs its limits
  slider();
  // @ts-expect-error a slider needs its maximum
  slider({ min: 0 });
  // @ts-expect-error an unknown prop
  textbox({ lable: "Name" });
  // @ts-expect-error lines is a number
  textbox({ lines: "3" });
  // @ts-expect-error an unknown type
  textbox({ type: "phone" });
  // @ts-expect-error choices are needed
  dropdown({});
  // @ts-expect-error the first value is one of the choices
  dropdown({ choices: ["a", "b"] as const, value: "c" });
  // @ts-expect-error an unknown variant
  button({ label: "Go", variant: "huge" });
  // @ts-expect-error a value of another type
  checkbox({ value: "yes" });
  // @ts-expect-error a tab has a label
  <Tab>x</Tab>;
}

async function tests() {
  const greeter = Interface({ inputs: { name: textbox() }, outputs: { greeting: textbox(), photo: image() }, fn: ({ name }) => ({ greeting: name }) });
  const count = Interface({ inputs: textbox(), outputs: number(), fn: (text) => text.length });
  const blocks = Blocks({
    fields: { text: textbox(), length: number(), go: button("Go") },
    actions: ({ text, length, go }) => ({ measure: on(go.click, { inputs: text, outputs: length, fn: (text) => text.length }) }),
  });
  const { greeting } = await openDemo(greeter).run("predict", { name: "Ada" });
  void new Error(greeting?.toUpperCase());
  void (await openDemo(count).run("predict", { input: "x" })).output?.toFixed();
  const { length } = await openDemo(blocks).run("measure", { text: "x" });
  void length?.toFixed();
  // @ts-expect-error the length is a number
  void length?.toUpperCase();
  // @ts-expect-error the demo has no such field
  void (await openDemo(blocks).run("measure")).nothing;
  // @ts-expect-error the demo has no such action
  void openDemo(blocks).run("nothing");
}
