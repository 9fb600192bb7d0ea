import { Blocks, button, html, json, markdown, on, textbox } from "atoll";

/** What is copied, prose with links and code, and active markup. */
export default Blocks({
  title: "Shown",
  fields: {
    text: textbox({ label: "Text", buttons: ["copy"], value: "copy me" }),
    data: json({ label: "Data", value: { a: 1 } }),
    prose: markdown({
      buttons: ["copy"],
      value:
        "[Here](/shown?again) and [there](https://elsewhere.test/).\n\n```ts\nconst code = 1;\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n",
    }),
    fragment: html({ label: "Fragment", sandbox: true, value: "<p>Part</p>" }),
    whole: html({
      label: "Whole",
      sandbox: true,
      value: "<!doctype html><html lang=de><title>W</title><p>Whole</p></html>",
    }),
    more: button("More"),
    done: textbox({ label: "Done" }),
  },
  actions: ({ text, data, prose, done, more }) => ({
    copied: on([text.copy, prose.copy], {
      inputs: { data },
      outputs: { done },
      fn: (_, { event }) => ({ done: `copied ${JSON.stringify(event)}` }),
    }),
    more: on(more.click, { outputs: { prose }, fn: () => ({ prose: "```\nmore code\n```" }) }),
  }),
});
