import { Blocks, button, on, type Page, type RunContext, slider, state, textbox } from "atoll";

const words = Array.from({ length: 500 }, (_, i) => `word${i % 97} `);
const WORD_MS = 50;
const limit = { concurrencyLimit: null };

/** The demos that are measured, by name. Each press changes the output, as the presser counts on it. */
export const demos: Readonly<Record<string, () => Page>> = {
  hello,
  echo,
  many200: () => many(200),
  many1000: () => many(1000),
  story,
  tokens_fast: () => tokens("Tokens, as fast as can be", fast),
  tokens_paced: () => tokens("Tokens, 100 a second", paced),
};

function hello(): Page {
  let presses = 0;
  return Blocks({
    title: "Hello",
    fields: {
      name: textbox({ label: "Name", value: "World" }),
      times: slider({ label: "Times", min: 1, max: 10, step: 1, value: 2 }),
      go: button("Go"),
      out: textbox({ label: "Output" }),
    },
    actions: ({ name, times, go, out }) => ({
      hello: on(go.click, {
        inputs: { name, times },
        outputs: out,
        fn: ({ name, times }) => `Hello ${name} x${times} #${++presses}`,
        ...limit,
      }),
    }),
  }) as Page;
}

function many(count: number): Page {
  let presses = 0;
  const inputs = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`f${i}`, textbox({ label: `Field ${i}`, value: `v${i}` })]),
  );
  const go = button("Go");
  const out = textbox({ label: "Output" });
  return Blocks({
    title: `${count} fields`,
    fields: { ...inputs, go, out },
    actions: () => ({
      hello: on(go.click, {
        inputs,
        outputs: out,
        fn: (given: Record<string, string>) => `${given.f0} #${++presses}`,
        ...limit,
      }),
    }),
  }) as unknown as Page;
}

function echo(): Page {
  return Blocks({
    title: "Echo",
    fields: {
      x: textbox({ label: "x" }),
      out: textbox({ label: "out" }),
      seen: state(0),
      go: button("Go"),
    },
    actions: ({ x, out, seen, go }) => ({
      echo: on(go.click, { inputs: x, outputs: out, fn: (x) => x, ...limit }),
      aecho: on(go.click, { inputs: x, outputs: out, fn: async (x) => await Promise.resolve(x), ...limit }),
      tokens_fast: on(go.click, { inputs: x, outputs: out, fn: fast, ...limit }),
      tokens_paced: on(go.click, { inputs: x, outputs: out, fn: paced, ...limit }),
      count: on(go.click, {
        inputs: { x, seen },
        outputs: { out, seen },
        fn: ({ x, seen }) => ({ out: x, seen: seen + 1 }),
        ...limit,
      }),
      hold: on(go.click, { inputs: x, outputs: out, fn: held, ...limit }),
    }),
  }) as unknown as Page;
}

/** Goes on for as long as anybody reads it, a word every 50 ms, and after a crash begins again. */
function story(): Page {
  return Blocks({
    title: "Story",
    fields: { x: textbox({ label: "x" }), go: button("Go"), out: textbox({ label: "Output" }) },
    actions: ({ x, go, out }) => ({
      story: on(go.click, { inputs: x, outputs: out, fn: wordAfterWord, retry: true, ...limit }),
    }),
  }) as unknown as Page;
}

function tokens(title: string, fn: () => AsyncGenerator<string> | Generator<string>): Page {
  return Blocks({
    title,
    fields: { go: button("Go"), out: textbox({ label: "Output" }) },
    actions: ({ go, out }) => ({ tokens: on(go.click, { outputs: out, fn, ...limit }) }),
  }) as unknown as Page;
}

function* fast(): Generator<string> {
  let text = "";
  for (const word of words) yield text += word;
}

async function* paced(): AsyncGenerator<string> {
  const started = performance.now();
  let text = "";
  for (const [i, word] of words.entries()) {
    const early = started + i * 10 - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    yield text += word;
  }
}

async function* wordAfterWord(_: string, { signal }: RunContext): AsyncGenerator<string> {
  for (let i = 0; !signal.aborted; i++) {
    yield words[i % words.length] as string;
    await new Promise((resolve) => setTimeout(resolve, WORD_MS));
  }
}

async function held(x: string, { signal }: RunContext): Promise<string> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return x;
}
