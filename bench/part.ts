import type { FigureName } from "./figures.ts";

/** How thoroughly to measure. */
export interface Effort {
  /** Repetitions of pages in a browser. */
  readonly visits: number;
  /** Repetitions of loads. */
  readonly loads: number;
  /** Repetitions of starts. */
  readonly starts: number;
  /** Length of one load. */
  readonly seconds: number;
  readonly presses: number;
  /** How many idle sessions are held. */
  readonly sessions: number;
}

/** Puts down one repetition of a figure, of ours and of the bare program. */
export type Put = (name: FigureName, value: number, floor?: number) => void;

/** One part of the bench: the figures that share their servers. */
export interface Part {
  readonly name: string;
  readonly measure: (put: Put, effort: Effort) => Promise<void>;
}
