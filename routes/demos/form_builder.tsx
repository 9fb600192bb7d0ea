import { Blocks, button, checkbox, Column, dropdown, json, number, on, Row, textbox, update } from "atoll";

const regions: Readonly<Record<string, readonly string[]>> = {
  Pacific: ["Fiji", "Kiribati", "Tuvalu"],
  Indian: ["Maldives", "Chagos", "Cocos"],
  Caribbean: ["Belize", "Bonaire"],
};
const oceans = ["Pacific", "Indian", "Caribbean"] as const;

export default Blocks({
  title: "Form builder",
  description: "The choices of one field follow from another, and fields come and go as they are needed.",
  fields: {
    ocean: dropdown({ label: "Ocean", choices: oceans, value: "Pacific" }),
    atoll: dropdown({ label: "Atoll", choices: regions.Pacific ?? [], value: "Fiji" }),
    contact: checkbox({ label: "Write to me about it" }),
    email: textbox({ label: "E-mail", type: "email", visible: false }),
    guests: number({ label: "Guests", value: 2, minimum: 1, maximum: 12, precision: 0 }),
    send: button({ label: "Check the form", variant: "primary" }),
    result: json({ label: "What would be sent" }),
  },
  actions: ({ ocean, atoll, contact, email, guests, send, result }) => ({
    choose: on(ocean.change, {
      inputs: { ocean },
      outputs: { atoll },
      fn: ({ ocean }) => ({
        atoll: update({ choices: regions[ocean] ?? [], value: regions[ocean]?.[0] ?? "" }),
      }),
    }),
    ask: on(contact.change, {
      inputs: { contact },
      outputs: { email },
      fn: ({ contact }) => ({ email: update({ visible: contact }) }),
    }),
    check: on(send.click, {
      inputs: { ocean, atoll, contact, email, guests },
      outputs: { result },
      fn: ({ contact, email, ...form }) => ({ result: contact ? { ...form, email } : form }),
    }),
  }),
  layout: (ui) => (
    <Row>
      <Column>
        <ui.ocean />
        <ui.atoll />
        <ui.guests />
        <ui.contact />
        <ui.email />
        <ui.send />
      </Column>
      <Column>
        <ui.result />
      </Column>
    </Row>
  ),
});
