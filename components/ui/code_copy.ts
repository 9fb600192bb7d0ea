import type { CopyText } from "@/lib/value/page.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Puts a copy button over each block of code that has none. They go with the markup: the view draws it anew as a whole. */
export function addCopyButtons(
  markup: HTMLElement | null,
  copy: CopyText,
): void {
  for (const block of markup?.querySelectorAll("pre") ?? []) {
    if (block.previousElementSibling?.className === "at-code") continue;
    const host = document.createElement("div");
    host.className = "at-code";
    host.append(button(() => block.textContent ?? "", copy));
    block.before(host);
  }
}

// Not by Preact: a script that is loaded later and imports it would make it a script of its own, for every page.
function button(text: () => string, copy: CopyText): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "at-icon-btn";
  button.ariaLabel = button.title = "Copy code";
  button.onclick = () => void copy(text(), button);
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const look = {
    class: "at-icon",
    viewBox: "0 0 16 16",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.5",
  };
  for (const [name, value] of Object.entries(look)) {
    icon.setAttribute(name, value);
  }
  path.setAttribute("d", "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3");
  icon.append(path);
  icon.ariaHidden = "true";
  button.append(icon);
  return button;
}
