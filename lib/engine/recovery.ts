import type { Demo } from "@/lib/demo/blocks.tsx";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Journal, UnfinishedRun } from "./journal.ts";

/** What recovering is told. */
export interface RecoveryOptions {
  /** Where the runs were kept. */
  readonly journal: Journal;
  /** Begins a run once more. @throws {Fault} when its demo does not take it any more. */
  readonly begin: (run: UnfinishedRun, demo: Demo) => Promise<void>;
  /** Logs what broke. */
  readonly broke: (error: unknown) => void;
  /** How often a run is begun at most, the first time counted: one that takes the server down is not tried for ever. */
  readonly maxAttempts: number;
}

const GIVEN_UP: FaultJson = {
  code: "interrupted",
  message: "The server stopped each time while this was running. It is not tried again",
};
const GONE: FaultJson = {
  code: "interrupted",
  message: "The server was started anew, and what was asked for is not there any more",
};

/**
 * What becomes of the runs that an earlier process left without an end. Those that may run again wait until their demo
 * is there: a route is loaded when it is first asked for.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #waiting = new Map<string, UnfinishedRun[]>();
  /** Pages whose runs are just being begun: who asks for one of these waits until all of them are. */
  readonly #meeting = new Map<string, Promise<void>>();

  /** Looks at nothing yet. */
  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Ends what may not run again, and says which pages are needed for the rest. */
  async start(): Promise<readonly string[]> {
    const { journal, maxAttempts } = this.#options;
    for (const run of await journal.unfinished()) {
      if (!run.retry) await journal.interrupted(run.id);
      else if (run.attempt >= maxAttempts) await journal.interrupted(run.id, GIVEN_UP);
      else this.#waiting.set(run.page, [...this.#waiting.get(run.page) ?? [], run]);
    }
    return [...this.#waiting.keys()];
  }

  /** Whether runs of a page wait for it. */
  awaits(page: string): boolean {
    return this.#waiting.size > 0 && this.#waiting.has(page) ||
      this.#meeting.size > 0 && this.#meeting.has(page);
  }

  /** Begins the runs of a page, whose demo is there now. */
  meet(page: string, demo: Demo): Promise<void> {
    let meeting = this.#meeting.get(page);
    if (!meeting) {
      meeting = this.#begin(page, demo).finally(() => this.#meeting.delete(page));
      this.#meeting.set(page, meeting);
    }
    return meeting;
  }

  async #begin(page: string, demo: Demo): Promise<void> {
    const { journal, begin, broke } = this.#options;
    const runs = this.#waiting.get(page) ?? [];
    this.#waiting.delete(page);
    for (const { id } of runs) {
      try {
        const run = await journal.again(id);
        if (run) await begin(run, demo);
      } catch (error) {
        broke(error);
        await journal.interrupted(id, GONE).catch(broke);
      }
    }
  }
}
