import { Blocks, button, on, textbox } from "atoll";

/** A page that was open before the server was replaced. */
export default Blocks({
  title: "Opened",
  fields: { go: button("Go"), said: textbox() },
  actions: ({ go, said }) => ({ greet: on(go.click, { outputs: said, fn: () => "hello" }) }),
});
