import { accordion, Blocks, button, checkbox, group, image, on, textbox, update } from "atoll";

/** A demo whose handlers change, hide and remove the control that has the focus. */
export default Blocks({
  title: "Changes",
  fields: {
    gone: button("Remove me"),
    hidden: button("Hide me"),
    off: button("Switch me off"),
    on: button("Switch it on"),
    typed: textbox({ label: "Typed" }),
    shown: textbox({ label: "Shown" }),
    tick: checkbox({ label: "Tick" }),
    box: group(),
    inside: button("Hide the group"),
    after: textbox({ label: "After the group" }),
    photo: image({ label: "Photo" }),
    chest: accordion({ label: "Chest", open: true }),
    shut: button("Close the chest"),
    count: textbox({ label: "Count" }),
    last: button("Remove the last"),
  },
  actions: (
    { gone, hidden, off, typed, shown, tick, photo, box, inside, chest, shut, count, last, ...all },
  ) => ({
    gone: on(gone.click, { outputs: gone, fn: () => update({ visible: false }) }),
    hidden: on(hidden.click, { outputs: hidden, fn: () => update({ visible: "hidden" }) }),
    off: on(off.click, {
      inputs: { count, photo },
      outputs: { off, count },
      fn: ({ count }) => ({ off: update({ interactive: false }), count: `${count}x` }),
    }),
    on: on(all.on.click, { outputs: off, fn: () => update({ interactive: true }) }),
    typed: on(typed.submit, { inputs: typed, outputs: typed, fn: () => update({ visible: false }) }),
    shown: on(shown.submit, { inputs: shown, outputs: shown, fn: () => update({ interactive: false }) }),
    tick: on(tick.change, { inputs: tick, outputs: tick, fn: () => update({ interactive: false }) }),
    inside: on(inside.click, { outputs: box, fn: () => update({ visible: false }) }),
    shut: on(shut.click, { outputs: chest, fn: () => update({ open: false }) }),
    last: on(last.click, { outputs: last, fn: () => update({ visible: false }) }),
  }),
  layout: ({ box: Box, chest: Chest, ...ui }) => (
    <>
      <ui.gone />
      <ui.hidden />
      <ui.off />
      <ui.on />
      <ui.typed />
      <ui.shown />
      <ui.tick />
      <Box>
        <ui.inside />
      </Box>
      <ui.after />
      <ui.photo />
      <Chest>
        <ui.shut />
      </Chest>
      <ui.count />
      <ui.last />
    </>
  ),
});
