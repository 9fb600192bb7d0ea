import {
  accordion,
  Blocks,
  button,
  checkbox,
  dropdown,
  markdown,
  on,
  Row,
  row,
  sidebar,
  slider,
  Tab,
  tab,
  tabs,
  textbox,
  update,
} from "atoll";

const kinds = ["a dinghy", "a ketch", "a raft"] as const;

export default Blocks({
  title: "Panels",
  description: "Buttons can open panels, switch tabs and reveal fields. " +
    "Fields keep their text.",
  fields: {
    settings: sidebar({ label: "Settings", open: false }),
    captain: textbox({ label: "Captain", placeholder: "Your name" }),
    formal: checkbox({ label: "Sign formally" }),
    steps: tabs({ label: "Steps", selected: "plan" }),
    plan: tab("Plan"),
    result: tab({ label: "Result", interactive: false }),
    kind: dropdown({ label: "What to build", choices: kinds, value: "a dinghy" }),
    crew: slider({ label: "Crew", min: 1, max: 9, step: 1, value: 2 }),
    build: button({ label: "Build it", variant: "primary" }),
    details: accordion({ label: "Details", open: false }),
    names: textbox({ label: "Names of the crew", lines: 2 }),
    letter: markdown(),
    after: row({ visible: false }),
    again: button("Plan another"),
    thanks: textbox({ label: "A word to the crew" }),
    seen: textbox({ label: "Last seen", interactive: false }),
  },
  actions: (
    {
      settings,
      captain,
      formal,
      steps,
      result,
      kind,
      crew,
      build,
      details,
      names,
      letter,
      after,
      again,
      seen,
    },
  ) => ({
    build: on(build.click, {
      inputs: { captain, formal, kind, crew, names },
      outputs: { settings, steps, result, details, letter, after },
      fn: ({ captain, formal, kind, crew, names }) => {
        if (captain === "") {
          return { settings: update({ open: true, label: "Settings: who are you?" }) };
        }
        if (crew > 4 && names === "") {
          return { details: update({ open: true, label: `Details: who are the ${crew}?` }) };
        }
        const sign = formal ? "I have the honour to be your captain" : "Yours";
        return {
          settings: update({ open: false, label: "Settings" }),
          details: update({ open: false, label: "Details" }),
          letter: `We build **${kind}** for ${crew}${names ? ` (${names})` : ""}.\n\n${sign}, ${captain}`,
          result: update({ interactive: true, label: `Result for ${captain}` }),
          after: update({ visible: true }),
          steps: update({ selected: "result" }),
        };
      },
    }),
    again: on(again.click, {
      outputs: { steps, after },
      fn: () => ({ steps: update({ selected: "plan" }), after: update({ visible: false }) }),
    }),
    see: on(steps.change, {
      outputs: { seen },
      fn: (_, { event }) => ({ seen: event?.detail.value ?? "" }),
      api: false,
    }),
  }),
  layout: (ui) => (
    <>
      <ui.settings>
        <ui.captain />
        <ui.formal />
      </ui.settings>
      <ui.steps>
        <ui.plan>
          <Row>
            <ui.kind />
            <ui.crew />
          </Row>
          <ui.details>
            <ui.names />
          </ui.details>
          <ui.build />
        </ui.plan>
        <ui.result>
          <ui.letter />
          <ui.after class="items-end">
            <ui.thanks />
            <ui.again />
          </ui.after>
        </ui.result>
        <Tab label="About" id="about">
          <p>
            Tabs and panels are fields here, so a handler can change them. Try it with a crew of more than
            four.
          </p>
        </Tab>
      </ui.steps>
      <ui.seen class="w-56" />
    </>
  ),
});
