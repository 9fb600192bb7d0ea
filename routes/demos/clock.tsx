import { Blocks, button, Column, dropdown, number, on, Row, state, textbox, timer, update } from "atoll";

export default Blocks({
  title: "Clock",
  description: "A timer asks the server for its time, again and again, until it is stopped. " +
    "While nobody sees the page it rests.",
  fields: {
    pace: dropdown({
      label: "Asks every",
      choices: [["half a second", 0.5], ["second", 1], ["five seconds", 5]],
      value: 1,
    }),
    start: button({ label: "Start", variant: "primary" }),
    stop: button({ label: "Stop", variant: "stop" }),
    time: textbox({ label: "Time on the server" }),
    ticks: number({ label: "Ticks so far", value: 0 }),
    count: state(0),
    beat: timer({ seconds: 1 }),
  },
  actions: ({ pace, start, stop, time, ticks, count, beat }) => ({
    ask: on(beat.tick, {
      inputs: { count },
      outputs: { time, ticks, count },
      fn: ({ count }) => ({
        time: `${new Date().toISOString().slice(11, 21)} UTC`,
        ticks: count + 1,
        count: count + 1,
      }),
    }),
    begin: on(start.click, { outputs: { beat }, fn: () => ({ beat: update({ active: true }) }) }),
    halt: on(stop.click, { outputs: { beat }, fn: () => ({ beat: update({ active: false }) }) }),
    change: on(pace.change, { inputs: pace, outputs: beat, fn: (seconds) => seconds }),
  }),
  layout: (ui) => (
    <Row>
      <Column>
        <ui.pace />
        <div class="flex flex-wrap gap-2">
          <ui.start />
          <ui.stop />
        </div>
      </Column>
      <Column>
        <ui.time />
        <ui.ticks />
        <ui.beat />
      </Column>
    </Row>
  ),
});
