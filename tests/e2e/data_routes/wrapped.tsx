import {
  accordion,
  Blocks,
  browserState,
  button,
  checkbox,
  column,
  dataset,
  dropdown,
  group,
  html,
  image,
  json,
  label,
  markdown,
  number,
  on,
  row,
  sidebar,
  slider,
  state,
  tab,
  tabs,
  textbox,
  timer,
  update,
} from "atoll";

const head = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (letter) => letter.charCodeAt(0),
);

/** A field of each component, all of which say something else after each run. */
export default Blocks({
  title: "Wrapped",
  fields: {
    go: button("Run 0"),
    runs: state(0),
    kept: browserState(0, { key: "wrapped" }),
    tick: timer({ seconds: 60, active: false }),
    check: checkbox({ label: "Check 0", info: "Info 0" }),
    rows: dataset({ label: "Rows 0", headers: ["A", "B"], samples: [["a", 0], ["b", 0]] }),
    chips: dataset({ label: "Chips 0", headers: ["A"], samples: [["a"]] }),
    choice: dropdown({ label: "Choice 0", choices: ["a", "b"], value: "a" }),
    marked: html({ label: "Markup", value: "<p>Html <b>0</b></p>" }),
    photo: image({ label: "Photo 0", placeholder: "Choose 0" }),
    shown: image({ label: "Shown 0", interactive: false }),
    data: json({ label: "Data 0" }),
    verdict: label({ label: "Verdict 0" }),
    said: markdown("Said *0*"),
    count: number({ label: "Count 0", info: "Info 0" }),
    level: slider({ label: "Level 0", min: 0, max: 100 }),
    note: textbox({ label: "Note 0", info: "Info 0" }),
    read: textbox({ label: "Read 0", interactive: false }),
    fold: accordion({ label: "Fold 0", open: true }),
    side: sidebar({ label: "Side 0" }),
    line: row(),
    block: group(),
    stack: column(),
    pages: tabs(),
    first: tab("First 0"),
    second: tab("Second 0"),
  },
  actions: (fields) => ({
    run: on(fields.go.click, {
      inputs: { runs: fields.runs },
      outputs: fields,
      fn: ({ runs }) => {
        const n = runs + 1;
        const even = n % 2 === 0;
        const info = even ? undefined : `Info ${n}`;
        return {
          runs: n,
          kept: n,
          go: update({ value: `Run ${n}`, info }),
          check: update({ label: `Check ${n}`, value: even, info: `Info ${n}` }),
          rows: update({
            label: `Rows ${n}`,
            samples: Array.from({ length: n }, (_, at) => [`row ${at}`, n]),
          }),
          chips: update({ label: `Chips ${n}`, samples: [[`chip ${n}`], [even]] }),
          choice: update({ label: `Choice ${n}`, choices: [`a${n}`, `b${n}`], value: `b${n}` }),
          marked: `<p>Html <b>${n}</b> of ${n}</p>`,
          photo: even ? head : update({ label: `Photo ${n}`, placeholder: `Choose ${n}` }),
          shown: even ? null : head,
          data: even ? { n, list: [n, { m: n }] } : [`${n}`, null, true],
          verdict: { [`class${n}`]: 0.5 + n / 100, [`other${n}`]: 0.5 - n / 100 },
          said: `Said *${n}*`,
          count: update({ label: `Count ${n}`, value: n, info: `Info ${n}` }),
          level: update({ label: `Level ${n}`, value: n }),
          note: update({ label: `Note ${n}`, value: `note ${n}`, info: `Info ${n}` }),
          read: update({ label: `Read ${n}`, value: `read ${n}` }),
          fold: update({ label: `Fold ${n}` }),
          side: update({ label: `Side ${n}` }),
          first: update({ label: `First ${n}` }),
          second: update({ label: `Second ${n}` }),
        };
      },
    }),
  }),
  layout: (ui) => (
    <>
      <ui.side>
        <ui.check />
      </ui.side>
      <ui.go />
      <ui.fold>
        <ui.rows />
        <ui.chips />
      </ui.fold>
      <ui.line>
        <ui.choice />
        <ui.marked />
      </ui.line>
      <ui.block>
        <ui.photo />
        <ui.shown />
      </ui.block>
      <ui.stack>
        <ui.data />
        <ui.verdict />
      </ui.stack>
      <ui.pages>
        <ui.first>
          <ui.said />
          <ui.count />
        </ui.first>
        <ui.second>
          <ui.level />
          <ui.note />
        </ui.second>
      </ui.pages>
      <ui.read />
      <ui.tick />
    </>
  ),
});
