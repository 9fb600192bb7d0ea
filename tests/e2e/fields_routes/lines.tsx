import { Blocks, button, on, textbox } from "atoll";

export default Blocks({
  fields: {
    quiet: textbox({ lines: 3, value: "\nquiet", interactive: false }),
    poem: textbox({ lines: 3, value: "\nfirst line is empty" }),
    short: textbox({ lines: 3, maxLength: 10 }),
    go: button("Go"),
    out: textbox({ label: "Out" }),
  },
  actions: ({ poem, short, go, out }) => ({
    run: on(go.click, { inputs: { poem, short }, outputs: { out }, fn: (v) => ({ out: JSON.stringify(v) }) }),
  }),
});
