import {
  accordion,
  Blocks,
  button,
  checkbox,
  dropdown,
  image,
  number,
  on,
  slider,
  textbox,
  update,
} from "atoll";

/** A demo with a field of each kind that somebody writes or chooses in, before the button that sends them and behind it. */
export default Blocks({
  title: "Typed",
  fields: {
    name: textbox({ label: "Name" }),
    text: textbox({ label: "Text", lines: 3, value: "The first" }),
    count: number({ label: "Count", value: 1 }),
    send: button("Send"),
    level: slider({ label: "Level", min: 0, max: 10, value: 2 }),
    sure: checkbox({ label: "Sure" }),
    colour: dropdown({ label: "Colour", choices: ["red", "green", "blue"] }),
    chest: accordion({ label: "Chest" }),
    note: textbox({ label: "Note" }),
    photo: image({ label: "Photo" }),
    got: textbox({ label: "Got" }),
    live: textbox({ label: "Live" }),
  },
  actions: ({ send, name, text, count, level, sure, colour, chest, note, photo, got, live }) => ({
    send: on(send.click, {
      inputs: { name, text, count, level, sure, colour, note, photo },
      outputs: got,
      fn: async ({ photo, ...rest }) =>
        JSON.stringify({ ...rest, photo: photo && (await photo.bytes()).length }),
    }),
    follow: on([name.change, level.release], {
      inputs: { name, level },
      outputs: live,
      fn: (all) => JSON.stringify(all),
    }),
    open: on(got.change, { outputs: chest, fn: () => update({ open: true }) }),
  }),
  layout: (ui) => (
    <>
      <ui.name />
      <ui.text />
      <ui.count />
      <ui.send />
      <ui.level />
      <ui.sure />
      <ui.colour />
      <ui.chest>
        <ui.note />
      </ui.chest>
      <ui.photo />
      <ui.got />
      <ui.live />
    </>
  ),
});
