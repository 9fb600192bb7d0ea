import { Blocks, button, Fault, on, Tab, Tabs, textbox } from "atoll";

/** Tabs of the layout, on a page that has live fields. */
export default Blocks({
  title: "Plain tabs",
  fields: {
    wish: textbox({ label: "Wish" }),
    deep: textbox({ label: "Deep" }),
    refuse: button("Refuse"),
  },
  actions: ({ deep, refuse }) => ({
    refuse: on(refuse.click, {
      inputs: { deep },
      outputs: { deep },
      fn: () => {
        throw new Fault("refused", "Too deep", { field: "deep" });
      },
    }),
  }),
  layout: (ui) => (
    <>
      <Tabs label="Pages">
        <Tab label="Plan">
          <ui.wish />
        </Tab>
        <Tab label="Secret" hidden>Nobody sees this</Tab>
        <Tab label="About">Three wishes at most</Tab>
        <Tab label="Depth">
          <ui.deep />
        </Tab>
      </Tabs>
      <ui.refuse />
    </>
  ),
});
