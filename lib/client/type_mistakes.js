// Shows type errors over a page in development. No page of production loads it.
const box = document.createElement("aside");
box.id = "atoll-types";
box.setAttribute("role", "status");
box.setAttribute("aria-label", "Type errors");
Object.assign(box.style, {
  position: "fixed",
  insetInline: "0",
  insetBlockEnd: "0",
  zIndex: "100",
  maxHeight: "50vh",
  overflow: "auto",
  padding: "12px 16px",
  font: "13px/1.5 ui-monospace, monospace",
  color: "CanvasText",
  background: "Canvas",
  borderBlockStart: "3px solid #d33",
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
});

/** @param {{ text: string, at?: string }[]} mistakes */
function show(mistakes) {
  box.replaceChildren();
  if (mistakes.length === 0) return box.remove();
  const close = document.createElement("button");
  close.textContent = "Hide";
  Object.assign(close.style, { float: "inline-end", minHeight: "24px", minWidth: "48px" });
  close.addEventListener("click", () => box.remove());
  box.append(close);
  for (const { text, at } of mistakes) {
    const place = document.createElement("strong");
    place.textContent = at ?? "Type error";
    const said = document.createElement("p");
    said.textContent = text;
    said.style.margin = "0 0 8px";
    box.append(place, said);
  }
  document.body.append(box);
}

new EventSource("/_atoll/types").addEventListener("message", ({ data }) => show(JSON.parse(data)));
