import { setTimeout } from "node:timers/promises";
import {
  type AnyAction,
  Blocks,
  button,
  checkbox,
  dropdown,
  Fault,
  image,
  json,
  label,
  markdown,
  number,
  on,
  remote,
  type RunContext,
  slider,
  state,
  textbox,
} from "atoll";
import type * as Work from "./(_torture)/work.ts";

const module = import.meta.resolve("./(_torture)/work.ts");
const worker = remote<typeof Work>(module, { runs: "worker", timeoutMs: 1500 });
const child = remote<typeof Work>(module, { runs: "process", timeoutMs: 1500, memoryMb: 64 });
const patient = remote<typeof Work>(module, { runs: "process", timeoutMs: 60_000, memoryMb: 64 });
const seen = { begun: 0, closed: 0 };

/** Everything that a handler can do to a server. */
export default Blocks({
  title: "Torture",
  fields: {
    go: button("Go"),
    text: textbox({ label: "Text" }),
    amount: number({ label: "Amount", value: 0 }),
    pause: number({ label: "Pause", value: 0 }),
    level: slider({ label: "Level", min: 0, max: 10, step: 1 }),
    choice: dropdown({ label: "Choice", choices: ["a", "b", "c"] }),
    agreed: checkbox({ label: "Agreed" }),
    picture: image({ label: "Picture" }),
    data: json({ label: "Data" }),
    out: textbox({ label: "Out" }),
    result: json({ label: "Result" }),
    ranked: label({ label: "Ranked" }),
    prose: markdown(""),
    counted: state(0),
    listed: state<string[]>(["first"]),
  },
  actions: (
    {
      go,
      text,
      amount,
      pause,
      level,
      choice,
      agreed,
      picture,
      data,
      out,
      result,
      ranked,
      prose,
      counted,
      listed,
    },
  ) => {
    const links: Record<string, AnyAction> = {};
    let before: AnyAction | undefined;
    for (let depth = 0; depth < 50; depth++) {
      const when = before?.success ?? go.click;
      links[`link${depth}`] = before = on(when, {
        inputs: out,
        outputs: out,
        fn: (text) => `${text}${depth} `,
      });
    }
    return {
      ...links,
      echo: on(go.click, { inputs: text, outputs: out, fn: (text) => text }),
      slide: on(go.click, { inputs: level, outputs: out, fn: (level) => `${level}` }),
      choose: on(go.click, { inputs: choice, outputs: out, fn: (choice) => `${choice}` }),
      agree: on(go.click, { inputs: agreed, outputs: out, fn: (agreed) => `${agreed}` }),
      mirror: on(go.click, { inputs: data, outputs: result, fn: (data) => data }),
      rank: on(go.click, { inputs: text, outputs: ranked, fn: (text) => ({ [text]: 1 }) }),
      tell: on(go.click, { inputs: text, outputs: prose, fn: (text) => text }),
      look: on(go.click, {
        inputs: picture,
        outputs: result,
        fn: (picture) => picture && { name: picture.name, size: picture.size, type: picture.mime },
      }),
      count: on(go.click, {
        inputs: counted,
        outputs: { counted, out },
        fn: (counted) => ({ counted: counted + 1, out: `${counted + 1}` }),
      }),
      push: on(go.click, {
        inputs: { listed, text },
        outputs: { listed, result },
        fn: ({ listed, text }) => {
          listed.push(text);
          return { listed, result: [...listed] };
        },
      }),
      slow: on(go.click, { inputs: amount, outputs: out, concurrencyLimit: 2, fn: slow }),
      single: on(go.click, { inputs: amount, outputs: out, concurrencyLimit: 1, graceMs: 200, fn: slow }),
      block: on(go.click, {
        inputs: amount,
        outputs: out,
        fn: (ms) => {
          const end = performance.now() + (ms ?? 0);
          while (performance.now() < end);
          return "blocked";
        },
      }),
      stream: on(go.click, {
        inputs: { text, amount, pause },
        outputs: out,
        concurrencyLimit: null,
        async *fn({ text, amount, pause }) {
          let all = "";
          for (let at = 0; at < (amount ?? 0); at++) {
            yield all += `${text}${at} `;
            await setTimeout(pause ?? 0);
          }
        },
      }),
      tidy: on(go.click, {
        outputs: out,
        graceMs: 100,
        async *fn(_, { signal }) {
          seen.begun++;
          try {
            for (let at = 0;; at++) {
              yield `${at}`;
              await setTimeout(10, undefined, { signal });
            }
          } finally {
            seen.closed++;
          }
        },
      }),
      seen: on(go.click, { outputs: result, fn: () => ({ ...seen }) }),
      who: on(go.click, {
        inputs: pause,
        outputs: result,
        concurrencyLimit: null,
        async fn(pause, { session, request }) {
          await setTimeout(pause ?? 0);
          await Promise.resolve();
          return { session, mark: request.headers.get("x-mark") };
        },
      }),
      throwErr: on(go.click, { inputs: text, outputs: out, fn: throwErr }),
      hang: on(go.click, { outputs: out, fn: worker.loop }),
      hangProcess: on(go.click, { outputs: out, fn: child.loop }),
      hangAsync: on(go.click, { outputs: out, timeoutMs: 300, fn: () => new Promise<string>(() => {}) }),
      oom: on(go.click, { outputs: out, fn: patient.eat }),
      exit: on(go.click, { inputs: amount, outputs: out, fn: (code, run) => patient.exit(code ?? 0, run) }),
      die: on(go.click, { outputs: out, fn: patient.die }),
      junk: on(go.click, { inputs: amount, outputs: out, fn: (bytes, run) => patient.junk(bytes ?? 0, run) }),
      remember: on(go.click, { inputs: text, outputs: out, fn: worker.remember }),
      genForever: on(go.click, {
        outputs: out,
        concurrencyLimit: null,
        *fn() {
          for (let at = 0;; at++) yield `${at} ${"x".repeat(1024)}`;
        },
      }),
      rejectLater: on(go.click, {
        outputs: out,
        fn: () => {
          globalThis.setTimeout(() => Promise.reject(new Error("rejected later")));
          return "begun";
        },
      }),
      bigOutput: on(go.click, {
        inputs: amount,
        outputs: out,
        fn: (bytes) => "x".repeat(bytes ?? 0),
      }),
      hidden: on(go.click, { inputs: text, outputs: out, api: false, fn: (text) => text }),
    };
  },
});

async function slow(ms: number | null, { signal }: RunContext): Promise<string> {
  await setTimeout(ms ?? 0, undefined, { signal });
  return `after ${ms}`;
}

/** Breaks in the way that is named. */
function throwErr(kind: string): string | Promise<string> {
  const secret = "CANARY_ERROR of /srv/secret.ts";
  const circular: Record<string, unknown> = { secret };
  circular.self = circular;
  switch (kind) {
    case "error":
      throw new Error(secret);
    case "text":
      throw secret;
    case "null":
      throw null;
    case "undefined":
      throw undefined;
    case "getter":
      throw Object.defineProperty({}, "message", {
        get: () => {
          throw new Error(secret);
        },
      });
    case "long":
      throw new Error(`${secret} ${"x".repeat(1_000_000)}`);
    case "circular":
      throw circular;
    case "aggregate":
      throw new AggregateError([new Error(secret), new Error("another")], secret);
    case "promise":
      throw Promise.reject(new Error(secret));
    case "abort":
      throw new DOMException(secret, "AbortError");
    case "proxy":
      throw new Proxy({}, {
        get: () => {
          throw new Error(secret);
        },
      });
    case "fault":
      throw new Fault("refused", "Not today");
    case "odd cause":
      throw new Fault("internal", "Not told", { cause: circular });
    default:
      return Promise.reject(new Error(secret));
  }
}
