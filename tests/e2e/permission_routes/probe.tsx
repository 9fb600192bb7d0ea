import { Interface, textbox } from "atoll";
import { askForAll, probes, type Targets } from "./(_probe)/probes.ts";

export default Interface({
  inputs: { name: textbox(), targets: textbox() },
  outputs: { got: textbox() },
  fn: async ({ name, targets }) => {
    const to: Targets = JSON.parse(targets);
    try {
      const probe = name === "ask for a process" ? askForAll : probes[name];
      return { got: `got ${await probe?.(to)}` };
    } catch (error) {
      return { got: `refused ${error}` };
    }
  },
});
