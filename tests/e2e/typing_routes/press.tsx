import { Blocks, button, checkbox, dropdown, on, textbox } from "atoll";

/** Says what it was sent. */
export default Blocks({
  title: "Press",
  fields: {
    name: textbox(),
    note: textbox({ lines: 3 }),
    tick: checkbox(),
    kind: dropdown({ choices: ["a", "b", "c"] }),
    go: button("Go"),
    out: textbox(),
  },
  actions: ({ name, note, tick, kind, go, out }) => ({
    run: on(go.click, {
      inputs: { name, note, tick, kind },
      outputs: { out },
      fn: (all) => ({ out: JSON.stringify(all) }),
    }),
  }),
});
