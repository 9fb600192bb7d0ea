import { setTimeout as pause } from "node:timers/promises";
import { Blocks, button, Column, number, on, Row, slider, textbox } from "atoll";

export default Blocks({
  title: "Cancel events",
  description:
    "Work that goes on, and three ways to stop it: a button, a change of a text, Enter in another. " +
    "Earlier results stay.",
  fields: {
    steps: slider({ label: "Number of steps", min: 1, max: 10, step: 1, value: 9 }),
    start: button({ label: "Start iterating", variant: "primary" }),
    stop: button({ label: "Stop iterating", variant: "stop" }),
    iteration: textbox({ label: "Iterative output" }),
    prompt: textbox({ label: "Prompt", placeholder: "Six times nine" }),
    compute: button({ label: "Run the expensive calculation", variant: "primary" }),
    answer: number({ label: "Expensive calculation" }),
    onChange: textbox({ label: "Cancels both on change" }),
    onSubmit: textbox({ label: "Cancels both on Enter" }),
    echo: textbox({ label: "Echo" }),
  },
  actions: (
    { steps, start, stop, iteration, prompt, compute, answer, onChange, onSubmit, echo },
  ) => {
    const iterating = on(start.click, {
      inputs: { steps },
      outputs: iteration,
      async *fn({ steps }, { signal }) {
        for (let i = 0; i < steps; i++) {
          yield `Step ${i}`;
          await pause(1000, undefined, { signal });
        }
        yield `All ${steps} steps are done`;
      },
    });
    const calculating = on([compute.click, prompt.submit], {
      inputs: { prompt },
      outputs: answer,
      async fn(_, { signal }) {
        await pause(10_000, undefined, { signal });
        return 42;
      },
    });
    const stopping = on(stop.click, { cancels: [iterating] });
    const changing = on(onChange.change, { cancels: [iterating, calculating] });
    const submitting = on(onSubmit.submit, {
      inputs: onSubmit,
      outputs: echo,
      cancels: [iterating, calculating],
      fn: (text) => text,
    });
    return { iterating, calculating, stopping, changing, submitting };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.steps />
        <div class="flex flex-wrap gap-2">
          <ui.start />
          <ui.stop />
        </div>
        <ui.iteration />
      </Column>
      <Column>
        <ui.prompt />
        <ui.compute />
        <ui.answer />
      </Column>
      <Column>
        <ui.onChange />
        <ui.onSubmit />
        <ui.echo />
      </Column>
    </Row>
  ),
});
