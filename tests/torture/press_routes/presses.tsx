import { setTimeout } from "node:timers/promises";
import { Blocks, button, on, state, textbox } from "atoll";

/** The three ways to take an event that comes while the one before it runs. */
export default Blocks({
  title: "Presses",
  fields: {
    once: button("Once"),
    many: button("Many"),
    word: textbox({ label: "Word" }),
    counted: state(0),
    onceTold: textbox({ label: "Once told" }),
    manyTold: textbox({ label: "Many told" }),
    lastTold: textbox({ label: "Last told" }),
  },
  actions: ({ once, many, word, counted, onceTold, manyTold, lastTold }) => ({
    dropped: on(once.click, {
      outputs: onceTold,
      triggerMode: "once",
      fn: async () => {
        await setTimeout(150);
        return "done";
      },
    }),
    beside: on(many.click, {
      inputs: counted,
      outputs: { counted, manyTold },
      triggerMode: "multiple",
      concurrencyLimit: null,
      fn: (counted) => ({ counted: counted + 1, manyTold: `${counted + 1}` }),
    }),
    last: on(word.change, {
      inputs: word,
      outputs: lastTold,
      triggerMode: "alwaysLast",
      fn: async (word) => {
        await setTimeout(80);
        return `heard ${word}`;
      },
    }),
  }),
});
