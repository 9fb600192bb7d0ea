import { setTimeout as pause } from "node:timers/promises";
import { Blocks, button, image, json, on, textbox } from "atoll";

/** A page that needs scripts which it loads late: for changes, for messages, for uploads. */
export default Blocks({
  title: "Growing",
  fields: {
    say: button("Say"),
    grow: button("Grow"),
    out: textbox(),
    data: json(),
    photo: image({ label: "Photo" }),
  },
  actions: ({ say, grow, out, data, photo }) => ({
    saying: on(say.click, {
      inputs: { photo },
      outputs: { out },
      fn: ({ photo }, { log }) => {
        log.warning("Look");
        return { out: photo ? "with a photo" : "without one" };
      },
    }),
    growing: on(grow.click, {
      outputs: { data },
      async *fn() {
        const list: number[] = [];
        for (let i = 0; i < 30; i++) {
          list.push(i);
          yield {
            data: { list: [...list], title: "long enough to make a change smaller than the whole value" },
          };
          await pause(5);
        }
      },
    }),
  }),
});
