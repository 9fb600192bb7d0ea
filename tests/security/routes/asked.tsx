import {
  type AnyField,
  Blocks,
  browserState,
  button,
  cached,
  checkbox,
  dataset,
  dropdown,
  html,
  image,
  json,
  label,
  markdown,
  number,
  on,
  slider,
  state,
  textbox,
  timer,
} from "atoll";
import { called, privateFn } from "./(_asked)/calls.ts";

/** One action for each kind of input, and handlers that say what they saw. */
export default Blocks({
  title: "Asked",
  fields: {
    go: button("Go"),
    text: textbox({ label: "Text", maxLength: 1000 }),
    level: slider({ label: "Level", min: 0, max: 10, step: 1 }),
    share: slider({ label: "Share", min: 0, max: 1, step: 0.1 }),
    choice: dropdown({ label: "Choice", choices: ["a", "b", "c"] }),
    size: dropdown({ label: "Size", choices: [["Small", 1], ["Large", 2]] }),
    agreed: checkbox({ label: "Agreed" }),
    amount: number({ label: "Amount", minimum: 0, maximum: 100 }),
    whole: number({ label: "Whole", minimum: 0, maximum: 100, precision: 0 }),
    picture: image({ label: "Picture" }),
    data: json({ label: "Data" }),
    row: dataset({ headers: ["a"], samples: [["x"], ["y"]] }),
    beat: timer(3600),
    kept: browserState("first", { key: "asked" }),
    fixed: textbox({ label: "Fixed", value: "the author's", interactive: false }),
    unseen: textbox({ label: "Unseen", value: "nobody's", visible: false }),
    prose: markdown("*prose*"),
    markup: html("<b>markup</b>"),
    ranked: label({ label: "Ranked" }),
    held: state("the server's"),
    out: json({ label: "Out" }),
  },
  actions: (fields) => {
    const { go, out, fixed, unseen, held, text, picture } = fields;
    const take = <F extends AnyField>(field: F) =>
      on(go.click, {
        inputs: field,
        outputs: out,
        concurrencyLimit: null,
        fn: (value: unknown) => {
          called();
          return JSON.parse(JSON.stringify(value) ?? "null");
        },
      });
    return {
      text: take(fields.text),
      level: take(fields.level),
      share: take(fields.share),
      choice: take(fields.choice),
      size: take(fields.size),
      agreed: take(fields.agreed),
      amount: take(fields.amount),
      whole: take(fields.whole),
      data: take(fields.data),
      row: take(fields.row),
      beat: take(fields.beat),
      kept: take(fields.kept),
      prose: take(fields.prose),
      markup: take(fields.markup),
      ranked: take(fields.ranked),
      picture: on(go.click, {
        inputs: picture,
        outputs: out,
        fn: (picture) => {
          called();
          return picture && { name: picture.name };
        },
      }),
      unchangeable: on(go.click, {
        inputs: { fixed, unseen, held, text },
        outputs: out,
        fn: (seen) => {
          called();
          return { ...seen };
        },
      }),
      remembered: on(go.click, {
        inputs: text,
        outputs: out,
        fn: cached((text: string) => {
          called();
          return `remembered ${text}`;
        }, { perSession: true }),
      }),
      staff: on(go.click, { allow: "staff", inputs: text, outputs: out, fn: () => privateFn() }),
    };
  },
});
