import { Interface, slider, textbox } from "atoll";

export default Interface({
  title: "Greeter",
  description: "Says hello, as loudly as you like.",
  inputs: {
    name: textbox({ label: "Name", placeholder: "Ada" }),
    volume: slider({ label: "Volume", min: 1, max: 10, step: 1 }),
  },
  outputs: { greeting: textbox({ label: "Greeting" }) },
  fn: ({ name, volume }) => ({ greeting: `Hello, ${name}${"!".repeat(volume)}` }),
  examples: [{ name: "Ada", volume: 3 }, { name: "Grace", volume: 7 }],
});
