import { setTimeout as pause } from "node:timers/promises";
import { Blocks, button, Column, on, Row, slider, textbox } from "atoll";

const steps = [
  "Sound the lagoon",
  "Mark the passes",
  "Pace the islands",
  "Count the palms",
  "Name the birds",
  "Measure the tide",
  "Sketch the reef",
  "Ink the coast",
  "Letter the names",
  "Dry the chart",
];

export default Blocks({
  title: "Long job",
  description:
    "Ten steps that take their time and say how far they are. The job can be cancelled; what it has done " +
    "until then stays.",
  fields: {
    seconds: slider({ label: "Seconds for each step", min: 0.1, max: 10, step: 0.1, value: 1 }),
    start: button({ label: "Draw the chart", variant: "primary" }),
    cancel: button({ label: "Cancel", variant: "stop" }),
    report: textbox({ label: "Report", lines: 11 }),
  },
  actions: ({ seconds, start, cancel, report }) => {
    const job = on(start.click, {
      inputs: { seconds },
      outputs: report,
      // Ten steps of ten seconds, and some to spare.
      timeoutMs: 120_000,
      async *fn({ seconds }, { signal, progress }) {
        let report = "";
        yield report;
        for (const [i, step] of steps.entries()) {
          progress(i, steps.length, step);
          await pause(seconds * 1000, undefined, { signal });
          yield report += `${i + 1} of ${steps.length}: ${step}\n`;
        }
        yield report + "The chart is drawn";
      },
    });
    return { job, stopping: on(cancel.click, { cancels: [job] }) };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.seconds />
        <div class="flex flex-wrap gap-2">
          <ui.start />
          <ui.cancel />
        </div>
      </Column>
      <Column>
        <ui.report />
      </Column>
    </Row>
  ),
});
