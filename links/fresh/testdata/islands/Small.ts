import { h } from "preact";
import { useState } from "preact/hooks";

export default function Small() {
  const [count, set] = useState(0);
  return h("button", { onClick: () => set(count + 1) }, count);
}
