/** A tab as the page shows it. */
export interface TabInfo {
  readonly id: string;
  readonly label: string;
  /** Id of its panel. */
  readonly panel: string;
  /** Whether it is not seen. */
  readonly hidden: boolean;
  /** Whether it cannot be chosen. */
  readonly off: boolean;
}

/** Id of a tab's button. */
export function tabId(name: string, id: string): string {
  return `${name}-${id}-tab`;
}

/** The tabs that the server drew into an element. It is what knows them: plain tabs have no script of their own. */
export function readTabs(root: Element): TabInfo[] {
  return radios(root).map((radio) => ({
    id: radio.value,
    label: radio.labels?.[0]?.textContent ?? "",
    panel: panelOf(radio)?.id ?? "",
    hidden: radio.hidden === true,
    off: radio.disabled,
  }));
}

/** The tab whose radio button is checked: by the server, or by a person before the tabs were alive. */
export function chosenIn(root: Element): string | undefined {
  return radios(root).find(({ checked }) => checked)?.value;
}

/** Shows the panel of one tab, and ties all panels to their tabs. */
export function tie(root: Element, name: string, selected: string): void {
  for (const radio of radios(root)) {
    radio.checked = radio.value === selected;
    const panel = panelOf(radio);
    panel?.setAttribute("role", "tabpanel");
    panel?.setAttribute("aria-labelledby", tabId(name, radio.value));
  }
}

function panelOf(radio: Element): Element | null | undefined {
  return radio.nextElementSibling?.nextElementSibling;
}

function radios(root: Element): HTMLInputElement[] {
  return [...root.querySelectorAll<HTMLInputElement>(":scope > input")];
}
