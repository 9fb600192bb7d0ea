import { Blocks, button, number, on, slider, textbox, update } from "atoll";

export default Blocks({
  fields: {
    amount: number({ label: "Amount", value: 5, maximum: 1e20 }),
    guests: number({ label: "Guests", value: 2, minimum: 1, maximum: 12, required: true }),
    level: slider({ label: "Level", min: 0, max: 10, step: 1, value: 8 }),
    rate: slider({ label: "Rate", min: 0.0001, max: 0.001 }),
    go: button("Go"),
    lower: button("Lower"),
    got: textbox({ label: "Got" }),
    released: textbox({ label: "Released" }),
  },
  actions: ({ amount, guests, level, rate, go, lower, got, released }) => ({
    run: on(go.click, {
      inputs: { amount, guests, level, rate },
      outputs: { got },
      fn: (v) => ({ got: JSON.stringify(v) }),
    }),
    limit: on(lower.click, { outputs: { level }, fn: () => ({ level: update({ max: 5 }) }) }),
    let: on(level.release, {
      inputs: { released },
      outputs: { released },
      fn: ({ released }) => ({ released: `${released}x` }),
    }),
  }),
});
