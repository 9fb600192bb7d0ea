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

/** What the focus can go to in a panel. */
const STOPS =
  ":is(a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,[tabindex]):not(:disabled)";

/** Shows the panel of one tab, and ties all panels to their tabs. The focus can go to a panel in which it has no other place. */
export function tie(root: Element, name: string, selected: string): void {
  for (const radio of radios(root)) {
    radio.checked = radio.value === selected;
    const panel = panelOf(radio);
    panel?.setAttribute("role", "tabpanel");
    panel?.setAttribute("aria-labelledby", tabId(name, radio.value));
    if (panel?.querySelector(STOPS)) panel.removeAttribute("tabindex");
    else panel?.setAttribute("tabindex", "0");
  }
}

/** The attributes of a tab's button. */
export function tabAttributes(name: string, { id, panel }: TabInfo, isOpen: boolean) {
  return {
    type: "button",
    role: "tab",
    id: tabId(name, id),
    "aria-selected": isOpen,
    "aria-controls": panel,
    tabindex: isOpen ? 0 : -1,
  } as const;
}

/** The tab that a key leads to. Arrows go the way that the page is read. */
export function keyTab(
  event: KeyboardEvent,
  tabs: readonly TabInfo[],
  open: TabInfo | undefined,
): TabInfo | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const can = tabs.filter(canChoose);
  const at = can.findIndex((tab) => tab === open);
  const isRtl = getComputedStyle(event.currentTarget as Element).direction === "rtl";
  const [left, right] = isRtl ? [at + 1, at - 1] : [at - 1, at + 1];
  const to = { ArrowLeft: left, ArrowRight: right, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  return can.at(to % can.length);
}

/** The tab that is open: the selected one, or the first if that one cannot be chosen. */
export function openOf(tabs: readonly TabInfo[], selected: string | undefined): TabInfo | undefined {
  const can = tabs.filter(canChoose);
  return can.find(({ id }) => id === selected) ?? can[0];
}

function canChoose({ hidden, off }: TabInfo): boolean {
  return !hidden && !off;
}

function panelOf(radio: Element): Element | null | undefined {
  return radio.nextElementSibling?.nextElementSibling;
}

function radios(root: Element): HTMLInputElement[] {
  return [...root.querySelectorAll<HTMLInputElement>(":scope > input")];
}
