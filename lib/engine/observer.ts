/** A part of a run that takes time: waiting for a place, reading values, the author's function, writing values. */
export type Phase = "queue" | "decode" | "handler" | "encode";

/** What an observer is told of a run: names only, never values. */
export interface Observed {
  /** Id of the run. */
  readonly id: string;
  /** Path of the page. */
  readonly page: string;
  /** Key of the action that is under way. */
  readonly action: string;
}

/** Is told how runs go, for traces and metrics. Its code must not throw, and must not wait. */
export interface Observer {
  /** A part of a run begins. What it gives is called once when that part is over. */
  begin(phase: Phase, run: Observed): () => void;
  /** A run is over. `ms`: from its acceptance to its end. */
  ended(run: Observed, outcome: "done" | "failed" | "cancelled", ms: number): void;
}
