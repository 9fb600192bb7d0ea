import { Blocks, button, checkbox, dropdown, on, slider, textbox } from "atoll";

const many = Array.from({ length: 400 }, (_, at) => `Choice ${at}`);

export default Blocks({
  fields: {
    few: dropdown({ label: "Few", choices: ["a", "b"], value: null }),
    many: dropdown({ label: "Many", choices: [...many, "Café"] }),
    maybe: dropdown({ label: "Maybe", choices: many, value: null }),
    long: dropdown({ label: "Long", choices: ["word ".repeat(20) + "end", "b"], interactive: false }),
    ticked: checkbox({ label: "Ticked", value: true, interactive: false }),
    set: slider({ label: "Set", min: 0, max: 10, value: 3, interactive: false }),
    key: textbox({ label: "Key", type: "password" }),
    go: button("Go"),
    got: textbox({ label: "Got" }),
  },
  actions: ({ few, many, maybe, long, ticked, set, go, got }) => ({
    run: on(go.click, {
      inputs: { few, many, maybe, long, ticked, set },
      outputs: { got },
      fn: ({ few, many, maybe }) => ({ got: JSON.stringify({ few, many, maybe }) }),
    }),
  }),
});
