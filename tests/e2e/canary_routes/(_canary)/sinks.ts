import {
  accordion,
  browserState,
  button,
  checkbox,
  column,
  dataset,
  dropdown,
  group,
  html,
  image,
  json,
  label,
} from "atoll";
import { markdown, number, row, sidebar, slider, state, tab, tabs, textbox, timer, update } from "atoll";
import type { AnyField, FileRef } from "atoll";
import { ELSEWHERE } from "@/tests/canaries.ts";

/** A field that holds hostile text wherever it can hold text. */
export interface Sink {
  readonly field: AnyField;
  /** What a handler gives, with other hostile text. */
  readonly give: unknown;
  /** Texts that have to be seen as they are, before and after the handler gave. */
  readonly says: readonly string[];
  readonly says2: readonly string[];
  /** Keys of the sinks that stand in it, for a container. */
  readonly holds?: readonly string[];
}

/** Makes the hostile text of a place: the place's name and the payload. */
export type Hostile = (place: string) => string;

/** Props and what is to be seen of them: those of every field, and those given. */
interface Told {
  readonly props: Record<string, unknown>;
  readonly seen: readonly string[];
}

type Tell = (text: Hostile, prefix: string) => Told;

const common: Tell = (text, prefix) => {
  const props = { label: text(`${prefix} label`), info: text(`${prefix} info`) };
  return { props, seen: prefix.endsWith("button") ? [props.label] : Object.values(props) };
};

const file = (name: string): FileRef => ({
  id: "a".repeat(22),
  url: "/samples/digit_2.png",
  name,
  size: 3,
  mime: "image/png",
});

/** A sink of a component whose own props and value are told by `own`. */
function sink(
  // deno-lint-ignore no-explicit-any -- declares any component
  declare: (props: any) => AnyField,
  name: string,
  text: Hostile,
  own: Tell = () => ({ props: {}, seen: [] }),
): Sink {
  const tell = (prefix: string): Told => {
    const [shared, mine] = [common(text, prefix), own(text, prefix)];
    return { props: { ...shared.props, ...mine.props }, seen: [...shared.seen, ...mine.seen] };
  };
  const [before, after] = [tell(name), tell(`new ${name}`)];
  return {
    field: declare({ interactive: true, ...before.props }),
    give: update(after.props),
    says: before.seen,
    says2: after.seen,
  };
}

/** A container with hostile text in some of its props. Those in `unseen` are not on the page. */
function box(
  // deno-lint-ignore no-explicit-any -- declares any container
  declare: (props: any) => AnyField,
  name: string,
  text: Hostile,
  { seen = [], unseen = [], holds = [] }: { seen?: string[]; unseen?: string[]; holds?: string[] } = {},
): Sink {
  const tell = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((prop) => [prop, text(`${prefix} ${prop}`)]));
  const after = `new ${name}`;
  return {
    field: declare(tell(name, [...seen, ...unseen])),
    give: update(tell(after, [...seen, ...unseen])),
    says: Object.values(tell(name, seen)),
    says2: Object.values(tell(after, seen)),
    holds,
  };
}

// Markup that is not closed swallows what follows, so each payload has a field of its own as well.
function each(
  payloads: readonly string[],
  kind: string,
  make: (payload: string, name: string) => Sink,
): Record<string, Sink> {
  return Object.fromEntries(payloads.map((payload, i) => [`${kind}_${i}`, make(payload, `${kind} ${i}`)]));
}

const markup = (prefix: string, payload: string): Told => ({
  props: { value: `<p>${prefix} paragraph</p>${payload}` },
  seen: [`${prefix} paragraph`],
});

const prose = (prefix: string, payload: string): Told => ({
  props: { value: `${prefix} paragraph\n\n${payload}\n\n> ${payload}` },
  seen: [`${prefix} paragraph`],
});

/**
 * The sinks of every built-in component, by kind. A component that is not here fails the suite, and so does a prop that
 * takes text and is given none.
 */
export const sinks: Readonly<
  Record<string, (text: Hostile, payloads: readonly string[]) => Readonly<Record<string, Sink>>>
> = {
  accordion: (text) => ({ accordion: box(accordion, "folds", text, { seen: ["label"] }) }),
  browser_state: (text) => ({
    browser_state: {
      field: browserState(text("kept"), { key: text("key").slice(0, 200) }),
      give: text("new kept"),
      says: [],
      says2: [],
    },
  }),
  button: (text) => ({
    button: sink(button, "button", text, () => ({ props: { icon: "/samples/digit_2.png" }, seen: [] })),
    button_value: {
      field: button(text("button value")),
      give: text("new button value"),
      says: [text("button value")],
      says2: [text("new button value")],
    },
  }),
  checkbox: (text) => ({ checkbox: sink(checkbox, "checkbox", text) }),
  column: (text) => ({ column: box(column, "column", text) }),
  dataset: (text) => ({
    dataset: sink(dataset, "dataset", text, (text, prefix) => {
      const [one, two, three, four] = ["a", "b", "c", "d"].map((place) => text(`${prefix} ${place}`)) as [
        string,
        string,
        string,
        string,
      ];
      return {
        props: {
          headers: [one, "picture"],
          samples: [[two, { ...file(three) }], ["x", { name: four }]],
          summaries: [[two, three], ["x", four]],
        },
        seen: [one, two, three, four],
      };
    }),
    dataset_chips: sink(dataset, "chips", text, (text, prefix) => {
      const one = text(`${prefix} chip`);
      const two = text(`${prefix} name`);
      const three = text(`${prefix} object`);
      return {
        props: {
          headers: ["x"],
          samples: [[one], [{ ...file(two), url: `http://${ELSEWHERE}/chip.png` }], [{ [three]: three }]],
        },
        seen: [one, two, JSON.stringify({ [three]: three })],
      };
    }),
  }),
  dropdown: (text) => ({
    dropdown: sink(dropdown, "dropdown", text, (text, prefix) => {
      const [one, two] = [text(`${prefix} choice`), text(`${prefix} named choice`)];
      return { props: { choices: [one, [two, 2]] }, seen: [one, two] };
    }),
    dropdown_empty: sink(
      (props) => dropdown({ value: null, ...props }),
      "empty dropdown",
      text,
      (text, prefix) => {
        const placeholder = text(`${prefix} placeholder`);
        return {
          props: { choices: ["x"], placeholder, autocomplete: text(`${prefix} purpose`) },
          seen: [placeholder],
        };
      },
    ),
  }),
  group: (text) => ({ group: box(group, "group", text) }),
  html: (text, payloads) => ({
    html: sink(html, "html", text, (text, prefix) => markup(prefix, text(prefix))),
    ...each(
      payloads,
      "html",
      (payload, name) => sink(html, name, text, (_, prefix) => markup(prefix, payload)),
    ),
  }),
  image: (text) => ({
    image: sink(
      (props) => image({ ...props, value: file(text("image name")) }),
      "image",
      text,
      (text, prefix) => ({
        props: { placeholder: text(`${prefix} placeholder`), alt: text(`${prefix} alt`) },
        seen: prefix === "image" ? [text("image name")] : [],
      }),
    ),
    image_empty: sink(image, "empty image", text, (text, prefix) => {
      const placeholder = text(`${prefix} placeholder`);
      return { props: { placeholder }, seen: [placeholder] };
    }),
    image_given: {
      field: image(),
      give: { ...file(text("given image name")), alt: text("given image alt") },
      says: [],
      says2: [text("given image name")],
    },
  }),
  json: (text) => ({
    json: sink(json, "json", text, (text, prefix) => {
      const [key, value] = [text(`${prefix} key`), text(`${prefix} value`)];
      const trap = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}');
      return { props: { value: { [key]: value, list: [value], trap } }, seen: [key, JSON.stringify(value)] };
    }),
  }),
  label: (text) => ({
    label: sink(label, "label", text, (text, prefix) => {
      const [best, other] = [text(`${prefix} best`), text(`${prefix} other`)];
      const confidences = [{ label: best, confidence: 0.9 }, { label: other, confidence: 0.1 }];
      return { props: { value: { label: best, confidences } }, seen: [best, other] };
    }),
  }),
  markdown: (text, payloads) => ({
    markdown: sink(markdown, "markdown", text, (text, prefix) => prose(prefix, text(prefix))),
    ...each(
      payloads,
      "markdown",
      (payload, name) => sink(markdown, name, text, (_, prefix) => prose(prefix, payload)),
    ),
  }),
  number: (text) => ({
    number: sink(number, "number", text, (text, prefix) => {
      const placeholder = text(`${prefix} placeholder`);
      return { props: { placeholder, autocomplete: text(`${prefix} purpose`) }, seen: [placeholder] };
    }),
  }),
  row: (text) => ({ row: box(row, "row", text) }),
  sidebar: (text) => ({ sidebar: box(sidebar, "sidebar", text, { seen: ["label"] }) }),
  slider: (text) => ({ slider: sink((props) => slider({ min: 0, max: 9, ...props }), "slider", text) }),
  state: (text) => ({ state: { field: state(text("state")), give: text("new state"), says: [], says2: [] } }),
  tab: (text) => ({ tab: box(tab, "one tab", text, { seen: ["label"] }) }),
  tabs: (text) => ({
    tabs: box(tabs, "list of tabs", text, { seen: ["label"], unseen: ["selected"], holds: ["tab"] }),
  }),
  textbox: (text) => ({
    textbox: sink(textbox, "textbox", text, (text, prefix) => {
      const [value, placeholder] = [text(`${prefix} value`), text(`${prefix} placeholder`)];
      const autocomplete = text(`${prefix} purpose`);
      return { props: { value, placeholder, autocomplete }, seen: [value, placeholder] };
    }),
    textbox_lines: sink((props) => textbox({ lines: 3, ...props }), "lines", text, (text, prefix) => {
      const value = text(`${prefix} value`);
      return { props: { value }, seen: [value] };
    }),
    textbox_shown: sink(textbox, "shown", text, (text, prefix) => {
      const value = text(`${prefix} value`);
      return { props: { value, interactive: false }, seen: [value] };
    }),
  }),
  timer: () => ({ timer: { field: timer({ active: false }), give: 5, says: [], says2: [] } }),
};
