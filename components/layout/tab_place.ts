import { Component, type ComponentChildren } from "preact";

/** Name of tabs that were given none. */
export const TABS = "Tabs";

/** What a tab tells when it has become the open one. */
export interface TabDetail {
  readonly id: string;
  readonly index: number;
  /** What stands on it. */
  readonly value: string;
}

/** What tabs tell the parts that stand in them, and are told by them. */
export interface TabPlace {
  /** Name of the group, unique on the page. */
  readonly name: string;
  /** Whether the tabs are a field. Then the form sends which tab is open. */
  readonly field: boolean;
  /** Id or index of the tab that is open; `undefined`: the first that can be chosen. */
  selected: string | number | undefined;
  /** How many tabs there are so far, while they are drawn by the server. */
  count: number;
  /** Whether one of them is known to be the open one, while they are drawn by the server. */
  found: boolean;
  /** Called by a tab whose label has changed, or whether it can be chosen. */
  changed?: () => void;
  /** By id of a tab: called when it has become the open one. */
  readonly opened?: Map<string, (detail: TabDetail) => void>;
}

/** What parts find as their context. */
export interface WithinTabs {
  readonly tabs?: TabPlace;
}

/**
 * Tells all that stands in it where it stands. A class, because Preact's `createContext()` would go into the script of
 * every page, also of those without tabs, and take 150 bytes of it.
 */
export class Within extends Component<{ readonly place: TabPlace; readonly children?: ComponentChildren }> {
  override getChildContext(): WithinTabs {
    return { tabs: this.props.place };
  }

  render(): ComponentChildren {
    return this.props.children;
  }
}
