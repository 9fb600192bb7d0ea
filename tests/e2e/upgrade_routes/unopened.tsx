import { Blocks, button, on, remote, textbox } from "atoll";

const inWorker = remote<typeof import("./(_work)/work.ts")>(import.meta.resolve("./(_work)/work.ts"), {
  runs: "worker",
});
const inProcess = remote<typeof import("./(_work)/work.ts")>(import.meta.resolve("./(_work)/work.ts"), {
  runs: "process",
});

/** A page that nobody opened before the project was changed. */
export default Blocks({
  title: "Of before",
  fields: { go: button("Go"), said: textbox() },
  actions: ({ go, said }) => ({
    work: on(go.click, { outputs: said, fn: inWorker.work }),
    apart: on(go.click, { outputs: said, fn: inProcess.apart }),
  }),
});
