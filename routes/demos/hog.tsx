import { Blocks, button, Column, on, remote, Row, slider, textbox } from "atoll";
import type * as Work from "./(_hog)/work.ts";

const module = import.meta.resolve("./(_hog)/work.ts");
const worker = remote<typeof Work>(module, { runs: "worker", timeoutMs: 60_000 });
const child = remote<typeof Work>(module, { runs: "process", timeoutMs: 60_000 });
const hasty = {
  worker: remote<typeof Work>(module, { runs: "worker", timeoutMs: 2000 }),
  child: remote<typeof Work>(module, { runs: "process", timeoutMs: 2000 }),
};
const narrow = remote<typeof Work>(module, { runs: "process", timeoutMs: 30_000, memoryMb: 64 });

export default Blocks({
  title: "Hog",
  description:
    "Blocking work runs in a thread, untrusted work in a process of its own. Other visitors do not notice " +
    "either.",
  fields: {
    upTo: slider({ label: "Primes up to (millions)", min: 1, max: 200, step: 1, value: 20 }),
    inWorker: button({ label: "Count in a worker", variant: "primary" }),
    inProcess: button({ label: "Count in a process", variant: "primary" }),
    stop: button({ label: "Stop", variant: "stop" }),
    counted: textbox({ label: "From the worker", interactive: false }),
    countedToo: textbox({ label: "From the process", interactive: false }),
    loopWorker: button("Loop forever in a worker"),
    loopProcess: button("Loop forever in a process"),
    bomb: button("Eat all memory of a process"),
    exit: button("Exit from a process"),
    outcome: textbox({ label: "What happened", interactive: false }),
    ping: button("Are you still there?"),
    pong: textbox({ label: "The server says", interactive: false }),
  },
  actions: (
    {
      upTo,
      inWorker,
      inProcess,
      stop,
      counted,
      countedToo,
      loopWorker,
      loopProcess,
      bomb,
      exit,
      outcome,
      ping,
      pong,
    },
  ) => {
    const counting = on(inWorker.click, {
      inputs: upTo,
      outputs: counted,
      fn: (millions, run) => worker.countPrimes(millions * 1e6, run),
    });
    const countingToo = on(inProcess.click, {
      inputs: upTo,
      outputs: countedToo,
      fn: (millions, run) => child.countPrimes(millions * 1e6, run),
    });
    const looping = on(loopWorker.click, { outputs: outcome, fn: hasty.worker.loopForEver });
    const loopingToo = on(loopProcess.click, { outputs: outcome, fn: hasty.child.loopForEver });
    const eating = on(bomb.click, { outputs: outcome, fn: narrow.eatMemory });
    const leaving = on(exit.click, { outputs: outcome, fn: hasty.child.leave });
    const told = on([looping, loopingToo, eating, leaving].map(({ failure }) => failure), {
      outputs: outcome,
      fn: (_, { failure }) => failure?.message ?? "",
    });
    const stopping = on(stop.click, {
      cancels: [counting, countingToo, looping, loopingToo, eating, leaving],
    });
    const answering = on(ping.click, { outputs: pong, fn: answer });
    return { counting, countingToo, looping, loopingToo, eating, leaving, told, stopping, answering };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.upTo />
        <div class="flex flex-wrap gap-2">
          <ui.inWorker />
          <ui.inProcess />
          <ui.stop />
        </div>
        <ui.counted />
        <ui.countedToo />
      </Column>
      <Column>
        <div class="flex flex-wrap gap-2">
          <ui.loopWorker />
          <ui.loopProcess />
          <ui.bomb />
          <ui.exit />
        </div>
        <ui.outcome />
        <ui.ping />
        <ui.pong />
      </Column>
    </Row>
  ),
});

function answer(): string {
  return `Yes, at ${new Date().toISOString().slice(11, 23)}`;
}
