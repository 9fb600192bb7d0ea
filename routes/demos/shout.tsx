import { Interface, textbox } from "atoll";

export default Interface({
  title: "Shout",
  inputs: textbox(),
  outputs: textbox(),
  fn: (text) => text.toUpperCase(),
});
