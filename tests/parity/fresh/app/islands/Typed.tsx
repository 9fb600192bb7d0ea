import { useState } from "preact/hooks";
export default function Typed() {
  const [text, set] = useState("");
  return <p><input id="typed" value={text} onInput={(e) => set(e.currentTarget.value)} /><b id="alive" onClick={(e) => e.currentTarget.title = "alive"}>{text}</b></p>;
}
