import type { Observed, Observer, Phase } from "@/lib/engine/observer.ts";
import { tupleKey } from "@/lib/value/tuple_key.ts";
import { expose, type Family } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

/** Options of metrics. */
export interface MetricsOptions {
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** The most pairs of page and action that are told apart; the rest are counted as one. Default 200. */
  readonly most?: number;
}

/** The counters of one action of one page. */
interface Series {
  readonly labels: { readonly page: string; readonly action: string };
  readonly outcomes: Map<string, number>;
  readonly whole: Histogram;
  readonly queue: Histogram;
  readonly handler: Histogram;
}

const MOST = 200;
const LABEL_LENGTH = 200;
const OTHER = "(other)";
const nothing = () => {};

/**
 * Counts runs, and how long they wait and work, by page and action. A page with a part that visitors choose in its path
 * could make any number of them, so only the first are told apart.
 */
export class Metrics implements Observer {
  readonly #now: () => number;
  readonly #most: number;
  readonly #series = new Map<string, Series>();

  /** Has counted nothing at first. */
  constructor({ now, most = MOST }: MetricsOptions) {
    this.#now = now;
    this.#most = most;
  }

  /** Measures waiting and handlers. */
  begin(phase: Phase, run: Observed): () => void {
    if (phase !== "queue" && phase !== "handler") return nothing;
    const histogram = this.#of(run)[phase];
    const sinceMs = this.#now();
    return () => histogram.add((this.#now() - sinceMs) / 1000);
  }

  /** Counts a run by its outcome. */
  ended(run: Observed, outcome: "done" | "failed" | "cancelled", ms: number): void {
    const { outcomes, whole } = this.#of(run);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    whole.add(ms / 1000);
  }

  /** All of it in Prometheus' text format, and what else there is to say. */
  text(others: readonly Family[] = []): string {
    const all = [...this.#series.values()];
    return expose([
      {
        name: "atoll_runs_total",
        help: "Runs that are over, by outcome.",
        type: "counter",
        samples: all.flatMap(({ labels, outcomes }) =>
          [...outcomes].map(([outcome, value]) => ({ labels: { ...labels, outcome }, value }))
        ),
      },
      histogram("atoll_run_duration_seconds", "From a run's acceptance to its end.", "whole"),
      histogram("atoll_queue_wait_seconds", "Wait of an action for a place.", "queue"),
      histogram("atoll_handler_duration_seconds", "Time that a handler took.", "handler"),
      ...others,
    ]);

    function histogram(name: string, help: string, of: "whole" | "queue" | "handler"): Family {
      const samples = all.flatMap((series) => series[of].samples(series.labels));
      return { name, help, type: "histogram", samples };
    }
  }

  #of({ page, action }: Observed): Series {
    const fits = page.length <= LABEL_LENGTH && action.length <= LABEL_LENGTH;
    return (fits ? this.#find(page, action) : undefined) ?? this.#find(OTHER, OTHER, true) as Series;
  }

  #find(page: string, action: string, always = false): Series | undefined {
    const key = tupleKey(page, action);
    let series = this.#series.get(key);
    if (series || (!always && this.#series.size >= this.#most)) return series;
    series = {
      labels: { page, action },
      outcomes: new Map(),
      whole: new Histogram(),
      queue: new Histogram(),
      handler: new Histogram(),
    };
    this.#series.set(key, series);
    return series;
  }
}
