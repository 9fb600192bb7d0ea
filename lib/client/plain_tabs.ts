import { isDrawn } from "./say.ts";
import { chosenIn, keyTab, openOf, readTabs, tabAttributes, type TabInfo, tie } from "./tabs.ts";

/** Plain tabs whose radio buttons still stand for the tabs. */
const PLAIN = ".at-tabs[role=radiogroup]:has(> input[form])";

/** Puts a list of real tabs in place of the radio buttons of all plain tabs. */
export function bringTabs(): void {
  if (!isDrawn()) return;
  // A press that has begun on a label ends on it, or it would do nothing.
  if (document.querySelector(".at-tabs > label:active")) {
    for (const type of ["pointerup", "pointercancel"]) {
      addEventListener(type, () => setTimeout(bringTabs), { once: true });
    }
    return;
  }
  for (const root of document.querySelectorAll(PLAIN)) bring(root);
}

function bring(root: Element): void {
  const tabs = readTabs(root);
  const name = root.querySelector<HTMLInputElement>(":scope > input")?.name ?? "";
  const had = root.querySelector(":scope > input:focus");
  const list = document.createElement("div");
  setAttributes(list, { role: "tablist", "aria-label": root.getAttribute("aria-label") ?? "" });
  const buttons = new Map(tabs.map((tab) => [tab, document.createElement("button")]));
  let open = openOf(tabs, chosenIn(root));
  const show = (tab: TabInfo | undefined) => {
    open = tab;
    for (const [one, button] of buttons) setAttributes(button, tabAttributes(name, one, one === tab));
    if (tab) tie(root, name, tab.id);
  };
  const choose = (tab: TabInfo | undefined) => {
    if (!tab) return;
    show(tab);
    buttons.get(tab)?.focus();
  };
  for (const [tab, button] of buttons) {
    button.textContent = tab.label;
    button.hidden = tab.hidden;
    button.disabled = tab.off;
    button.onclick = () => choose(tab);
    list.append(button);
  }
  list.onkeydown = (event) => choose(keyTab(event, tabs, open));
  show(open);
  root.prepend(list);
  root.removeAttribute("role");
  root.removeAttribute("aria-label");
  if (had) choose(open);
}

function setAttributes(element: Element, attributes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
