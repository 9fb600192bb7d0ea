import { Blocks, dataset, on, slider, Tab, Tabs, textbox } from "atoll";

/** Fields in which something is chosen. */
export default Blocks({
  title: "Chosen",
  fields: {
    rows: dataset({ headers: ["Name", "Age"], samples: [["Ada", "36"], ["Grace", "85"]] }),
    chips: dataset({ headers: ["Name"], samples: [["Ada"], ["Grace"]] }),
    level: slider({ min: 0, max: 10, value: 2 }),
    out: textbox(),
  },
  actions: ({ rows, chips, level, out }) => ({
    row: on(rows.change, { outputs: out, fn: () => "row" }),
    chip: on(chips.change, { outputs: out, fn: () => "chip" }),
    moved: on(level.release, { outputs: out, fn: () => "moved" }),
  }),
  layout: (ui) => (
    <Tabs>
      <Tab label="One">
        <ui.rows />
        <ui.chips />
        <ui.level />
        <ui.out />
      </Tab>
      <Tab label="Two">
        <p>Nothing</p>
      </Tab>
    </Tabs>
  ),
});
