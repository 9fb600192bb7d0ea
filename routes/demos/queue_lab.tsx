import { setTimeout as pause } from "node:timers/promises";
import { Blocks, button, Column, on, Row, slider, state, textbox } from "atoll";

export default Blocks({
  title: "Queue lab",
  description:
    "One counter that serves one visitor at a time. Open this page in several tabs, join the line in each, " +
    "and watch the places count down.",
  fields: {
    seconds: slider({ label: "Seconds at the counter", min: 0.5, max: 40, step: 0.5, value: 5 }),
    join: button({ label: "Join the line", variant: "primary" }),
    leave: button({ label: "Leave the line", variant: "stop" }),
    counter: textbox({ label: "At the counter" }),
    turns: state(0),
  },
  actions: ({ seconds, join, leave, counter, turns }) => {
    const serve = on(join.click, {
      inputs: { seconds, turns },
      outputs: { counter, turns },
      concurrencyLimit: 1,
      async *fn({ seconds, turns }, { signal, progress }) {
        yield { counter: "It is your turn" };
        for (let done = 0; done < seconds; done += 0.5) {
          progress(done, seconds, `${(seconds - done).toFixed(1)} s left`);
          await pause(500, undefined, { signal });
        }
        yield { counter: `Turn ${turns + 1} of this page, served in ${seconds} s`, turns: turns + 1 };
      },
    });
    return { serve, leaving: on(leave.click, { cancels: [serve] }) };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.seconds />
        <div class="flex flex-wrap gap-2">
          <ui.join />
          <ui.leave />
        </div>
      </Column>
      <Column>
        <ui.counter />
      </Column>
    </Row>
  ),
});
