import { Blocks, button, checkbox, dropdown, on, slider, textbox } from "atoll";

/** Says what it was sent. */
export default Blocks({
  title: "Press",
  fields: {
    name: textbox(),
    note: textbox({ lines: 3 }),
    tick: checkbox(),
    kind: dropdown({ choices: ["a", "b", "c"] }),
    level: slider({ min: 0, max: 10, step: 1 }),
    go: button("Go"),
    out: textbox(),
  },
  actions: ({ name, note, tick, kind, level, go, out }) => ({
    run: on(go.click, {
      inputs: { name, note, tick, kind, level },
      outputs: { out },
      fn: (all) => ({ out: JSON.stringify(all) }),
    }),
  }),
});
