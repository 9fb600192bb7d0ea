import { Blocks, button, Column, on, Row, slider, textbox } from "atoll";

const openings = [
  "Long before the lagoon had a name, a heron kept its clock.",
  "Nobody on the ring of islands had ever seen the tide come in twice on one morning.",
  "The lighthouse keeper wrote every letter in chalk, and the rain read them first.",
];
const turns = [
  "Each day it counted the boats, and each day the count came out one short.",
  "So the children rowed out to ask the reef, which had time for questions.",
  "They came home with something small and bright that would not be put into a jar.",
  "By evening the whole village had agreed that it was a promise.",
];

async function* tell(subject: string, pace: number, signal: AbortSignal): AsyncGenerator<string> {
  const start = openings[subject.length % openings.length] ?? "";
  const words = [start, `It was about ${subject || "nothing in particular"}, as most things are.`, ...turns]
    .join(" ").split(" ");
  let story = "";
  for (const word of words) {
    if (signal.aborted) return;
    story += story === "" ? word : ` ${word}`;
    yield story;
    await new Promise((resolve) => setTimeout(resolve, 1000 / pace));
  }
}

export default Blocks({
  title: "Stories",
  description: "Text that arrives word by word, and a button that stops it.",
  fields: {
    subject: textbox({ label: "Subject", placeholder: "a kettle" }),
    pace: slider({ label: "Words per second", min: 2, max: 60, step: 1, value: 20 }),
    write: button({ label: "Write", variant: "primary" }),
    stop: button({ label: "Stop", variant: "stop" }),
    story: textbox({ label: "Story", lines: 6 }),
  },
  actions: ({ subject, pace, write, stop, story }) => {
    const telling = on([write.click, subject.submit], {
      inputs: { subject, pace },
      // At two words a second a story takes more than a minute.
      timeoutMs: 120_000,
      outputs: story,
      fn: ({ subject, pace }, { signal }) => tell(subject, pace, signal),
    });
    const stopping = on(stop.click, { cancels: [telling] });
    return { telling, stopping };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.subject />
        <ui.pace />
        <div class="flex flex-wrap gap-2">
          <ui.write />
          <ui.stop />
        </div>
      </Column>
      <Column>
        <ui.story />
      </Column>
    </Row>
  ),
});
