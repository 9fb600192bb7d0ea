import { setTimeout } from "node:timers/promises";
import { Blocks, button, number, on, textbox } from "atoll";

/** Work of the kinds that a server's operator meets: long, blocking, broken later, chatty. */
export default Blocks({
  title: "Work",
  fields: {
    ms: number({ label: "Milliseconds", value: 0 }),
    note: textbox({ label: "Note" }),
    go: button("Go"),
    said: textbox({ label: "Said" }),
  },
  actions: ({ ms, note, go, said }) => ({
    wait: on(go.click, {
      inputs: { ms, note },
      outputs: said,
      fn: async ({ ms, note }, { signal }) => {
        await setTimeout(ms ?? 0, undefined, { signal });
        return `waited ${note}`;
      },
      concurrencyLimit: 20,
    }),
    block: on(go.click, {
      inputs: ms,
      outputs: said,
      fn: (ms) => {
        const end = performance.now() + (ms ?? 0);
        while (performance.now() < end);
        return "blocked";
      },
    }),
    later: on(go.click, {
      outputs: said,
      fn: () => {
        Promise.reject(new Error("rejected later"));
        globalThis.setTimeout(() => {
          throw new TypeError("thrown later");
        });
        return "begun";
      },
    }),
    fail: on(go.click, {
      inputs: note,
      outputs: said,
      fn: (note) => {
        // deno-lint-ignore no-console -- handlers print
        console.log(`printed\n${note.length}`);
        throw new Error(`broke\nerror 00000000: forged`);
      },
    }),
  }),
});
