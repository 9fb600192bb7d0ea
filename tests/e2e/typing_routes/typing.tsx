import { Blocks, number, on, slider, state, textbox } from "atoll";

/** Ends when the test lets the answer go. */
function letGo(): Promise<void> {
  return (globalThis as unknown as { answerOf(): Promise<void> }).answerOf();
}

/** Fields that are input and output, whose answers come when the test says so. */
export default Blocks({
  title: "Typing",
  fields: {
    text: textbox({ label: "Text" }),
    mid: textbox({ label: "Mid", value: "abcdef" }),
    long: textbox({ label: "Long", lines: 3 }),
    c: number({ label: "C" }),
    f: number({ label: "F" }),
    message: textbox({ label: "Message" }),
    talk: textbox({ label: "Talk", lines: 8 }),
    said: state<string[]>([]),
    level: slider({ label: "Level", min: 0, max: 100, step: 1, value: 20 }),
    count: number({ label: "Count" }),
    live: textbox({ label: "Live" }),
    echo: textbox({ label: "Echo" }),
  },
  actions: ({ text, mid, long, c, f, message, talk, said, level, count, live, echo }) => ({
    upper: on(text.change, {
      inputs: text,
      outputs: text,
      fn: async (text) => {
        await letGo();
        return text.toUpperCase();
      },
    }),
    tidy: on(mid.input, {
      inputs: mid,
      outputs: mid,
      triggerMode: "alwaysLast",
      fn: async (mid) => {
        await letGo();
        return mid.replaceAll("x", "y");
      },
    }),
    grow: on(long.submit, {
      inputs: long,
      outputs: long,
      fn: async function* (long) {
        for (const text of [`${long} one`, `${long} one two`]) {
          await letGo();
          yield text;
        }
      },
    }),
    toF: on(c.change, {
      inputs: c,
      outputs: f,
      fn: async (c) => {
        await letGo();
        return c === null ? null : c * 9 / 5 + 32;
      },
    }),
    toC: on(f.change, {
      inputs: f,
      outputs: c,
      fn: async (f) => {
        await letGo();
        return f === null ? null : (f - 32) * 5 / 9;
      },
    }),
    say: on(message.submit, {
      inputs: { message, said },
      outputs: { message, talk, said },
      fn: async ({ message, said }) => {
        await letGo();
        const all = [...said, message];
        return { message: "", talk: all.join("\n"), said: all };
      },
    }),
    snap: on(level.input, {
      inputs: level,
      outputs: level,
      fn: async (level) => {
        await letGo();
        return Math.round(level / 10) * 10;
      },
    }),
    counted: on(count.submit, { inputs: count, outputs: echo, fn: (count) => `counted ${count}` }),
    follow: on(live.input, {
      inputs: live,
      outputs: echo,
      fn: async (live) => {
        await letGo();
        return live;
      },
    }),
  }),
});
