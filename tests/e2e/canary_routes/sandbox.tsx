import { Blocks, button, html, on, textbox } from "atoll";

/** A sandbox that shows what is typed. */
export default Blocks({
  title: "Sandbox",
  fields: {
    markup: textbox({ label: "Markup", lines: 3 }),
    go: button("Go"),
    out: html({ label: "Result", sandbox: true, value: "<script>canary('first')</script>" }),
  },
  actions: ({ markup, go, out }) => ({
    show: on(go.click, { inputs: markup, outputs: out, fn: (markup) => markup }),
  }),
});
