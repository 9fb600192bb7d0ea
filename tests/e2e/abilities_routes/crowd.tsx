import { Blocks, browserState, load, on, slider, textbox } from "atoll";

/** A page that takes its time to come alive, with what the browser keeps at its end. */
const sliders = Object.fromEntries(
  Array.from({ length: 100 }, (_, i) => [`s${i}`, slider({ label: `Slider ${i}`, min: 0, max: 9 })]),
);

export default Blocks({
  title: "Crowd",
  fields: { visits: textbox({ label: "Visits" }), ...sliders, kept: browserState(0, { key: "crowd" }) },
  actions: ({ visits, kept }) => ({
    open: on(load, {
      inputs: kept,
      outputs: { visits, kept },
      fn: (before) => ({ visits: `${before + 1}`, kept: before + 1 }),
    }),
    all: on(load, { inputs: sliders, api: false, fn: () => {} }),
  }),
});
