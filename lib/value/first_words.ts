import type { CommonProps } from "./page.ts";

/**
 * The words that the first script of a page says, in one place for translations. A script that comes later finds them on the
 * page's session: a module that both import would be a script of its own.
 */
export const firstWords = {
  /** The next in a queue. */
  next: "You are next",
  /** The connection of a run is being made again. */
  reconnecting: "Reconnecting",
  /** Name of a bar of progress. */
  working: "Working",
  /** The place of a request in a queue; 1 is next. */
  place: (position: number): string => position > 1 ? `${position - 1} ahead of you` : firstWords.next,
  /** A share, rounded down. */
  percent: (share: number): string => `${Math.floor(share * 100)} %`,
  /** The name of a field for people: its label, or its key in words. */
  nameOf: ({ id, props }: { readonly id: string; readonly props: CommonProps }): string =>
    props.label ?? id[0]?.toUpperCase() + id.slice(1).replace(/_|(?=[A-Z])/g, " ").toLowerCase(),
};
