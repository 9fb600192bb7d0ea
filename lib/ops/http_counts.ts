import type { Family } from "./exposition.ts";

const CODES = ["1xx", "2xx", "3xx", "4xx", "429", "5xx"] as const;

/** Counts answers by class of their status; 429, which says that somebody floods, by itself. */
export class HttpCounts {
  readonly #counts = new Map<string, number>(CODES.map((code) => [code, 0]));

  /** Counts an answer. */
  count(status: number): void {
    const code = status === 429 ? "429" : `${Math.floor(status / 100)}xx`;
    const count = this.#counts.get(code);
    if (count !== undefined) this.#counts.set(code, count + 1);
  }

  /** For {@linkcode Metrics.text}. */
  family(): Family {
    return {
      name: "atoll_http_answers_total",
      help: "Answers by class of their status; those with 429 are counted as such and not as 4xx.",
      type: "counter",
      samples: [...this.#counts].map(([code, value]) => ({ labels: { code }, value })),
    };
  }
}
