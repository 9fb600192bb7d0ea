import { setTimeout } from "node:timers/promises";
import { Blocks, button, on, state, textbox } from "atoll";

const FRAMES = 500;

/** Counts from 0 to 499, one number and one frame after another, and says so at each fiftieth. */
export default Blocks({
  title: "Story",
  fields: {
    note: textbox({ label: "Note" }),
    key: textbox({ label: "Key", type: "password" }),
    go: button("Go"),
    stop: button("Stop"),
    story: textbox({ label: "Story", lines: 3 }),
    told: state(0),
    title: textbox({ label: "Title" }),
  },
  actions: ({ note, key, go, stop, story, told, title }) => {
    const tell = on(go.click, {
      inputs: { note, key, told },
      outputs: { story, told, title },
      async *fn({ note, told }, { log, signal }) {
        yield { told: told + 1, title: `${note} ${told + 1}` };
        let story = "";
        for (let i = 0; i < FRAMES && !signal.aborted; i++) {
          story += `${i} `;
          yield { story };
          if (i % 50 === 49) log.info(`at ${i}`, { seconds: 0 });
          await setTimeout(4, undefined, { signal }).catch(() => {});
        }
      },
    });
    return { tell, halt: on(stop.click, { cancels: [tell] }) };
  },
});
