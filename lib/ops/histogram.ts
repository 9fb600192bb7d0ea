import type { Sample } from "./exposition.ts";

/** Upper ends of the buckets, in seconds: from an event that does nothing to what people still wait for. */
const ENDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** How often something took how long. */
export class Histogram {
  readonly #counts = new Array<number>(ENDS.length).fill(0);
  #count = 0;
  #sum = 0;

  /** Counts one that took so many seconds. */
  add(seconds: number): void {
    this.#count++;
    this.#sum += seconds;
    for (let i = 0; i < ENDS.length; i++) {
      if (seconds <= (ENDS[i] as number)) {
        (this.#counts[i] as number)++;
        return;
      }
    }
  }

  /** Its samples; each bucket holds those before it. */
  samples(labels: Readonly<Record<string, string>>): Sample[] {
    let below = 0;
    const buckets = ENDS.map((end, i): Sample => ({
      suffix: "_bucket",
      labels: { ...labels, le: String(end) },
      value: below += this.#counts[i] as number,
    }));
    return [
      ...buckets,
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: this.#count },
      { suffix: "_sum", labels, value: this.#sum },
      { suffix: "_count", labels, value: this.#count },
    ];
  }
}
