import type { Demo } from "@/lib/demo/blocks.tsx";
import { Fault, type FaultJson } from "@/lib/value/fault.ts";
import type { Journal, UnfinishedRun } from "./journal.ts";

/** Options of {@linkcode Recovery}. */
export interface RecoveryOptions {
  /** Where the runs were kept. */
  readonly journal: Journal;
  /** Puts a run in the queue once more. @throws {Fault} when its demo does not take it any more. */
  readonly begin: (run: UnfinishedRun, demo: Demo) => Promise<void>;
  /** Logs what broke. */
  readonly broke: (error: unknown) => void;
  /** How often a handler is begun for a run at most: a run that takes the server down is not tried forever. */
  readonly maxAttempts: number;
}

const GIVEN_UP: FaultJson = {
  code: "interrupted",
  message: "The server stopped each time this ran, so it will not be tried again",
};
const GONE: FaultJson = {
  code: "interrupted",
  message: "The server restarted, and this request is no longer available",
};

/**
 * Decides about the runs that an earlier process left without an end. Those that may run again wait until their demo is
 * there, because a route is loaded when it is first asked for.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  /** In the order in which they are to begin: those that had begun, then by acceptance. */
  readonly #waiting = new Set<UnfinishedRun>();
  /** How many of them each page has. */
  readonly #pages = new Map<string, number>();
  /** Demos of pages whose runs wait. */
  readonly #found = new Map<string, Demo>();
  /** Pages whose runs are just being begun: a request to one of these waits until all of them are. */
  readonly #meeting = new Map<string, Promise<void>>();

  /** Reads nothing yet. */
  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Ends the runs that may not run again, and gives the pages of all others. */
  async start(): Promise<readonly string[]> {
    const { journal, maxAttempts } = this.#options;
    const over: { readonly id: string; readonly fault?: FaultJson }[] = [];
    for (const run of await journal.unfinished()) {
      if (!run.retry && !run.left) over.push({ id: run.id });
      else if (run.attempt >= maxAttempts) over.push({ id: run.id, fault: GIVEN_UP });
      else this.#wait(run);
    }
    await journal.interruptAll(over);
    // On a full disk the server starts all the same, and these runs wait.
    if (!journal.isOpen) void journal.opened.then(() => this.resume());
    return [...this.#pages.keys()];
  }

  /** Whether runs of a page wait for it. */
  awaits(page: string): boolean {
    return this.#pages.size > 0 && this.#pages.has(page) ||
      this.#meeting.size > 0 && this.#meeting.has(page);
  }

  /** Remembers the demo of a page until {@linkcode Recovery.resume}. */
  found(page: string, demo: Demo): void {
    if (this.#pages.has(page)) this.#found.set(page, demo);
  }

  /** Whether the demo of a page is there, or no run waits for it any more. */
  hasFound(page: string): boolean {
    return this.#found.has(page) || !this.#pages.has(page);
  }

  /** Begins the runs of all pages that were found, in one order. */
  async resume(): Promise<void> {
    if (!this.#options.journal.isOpen) return;
    const runs = [...this.#waiting].filter(({ page }) => this.#found.has(page));
    await this.#begin(runs, (page) => this.#found.get(page) as Demo);
  }

  /** Begins the runs of a page at once, whose demo is there now. */
  meet(page: string, demo: Demo): Promise<void> {
    if (!this.#options.journal.isOpen) {
      this.found(page, demo);
      return Promise.resolve();
    }
    return this.#meeting.get(page) ??
      this.#begin([...this.#waiting].filter((run) => run.page === page), () => demo);
  }

  /** Ends the runs of a page that is not there any more, and says how many these are. */
  async gone(page: string): Promise<number> {
    const runs = [...this.#waiting].filter((run) => run.page === page);
    for (const run of runs) this.#take(run);
    await this.#options.journal.interruptAll(runs.map(({ id }) => ({ id, fault: GONE })));
    return runs.length;
  }

  #begin(runs: readonly UnfinishedRun[], demoOf: (page: string) => Demo): Promise<void> {
    const demos = new Map(runs.map(({ page }) => [page, demoOf(page)]));
    for (const run of runs) this.#take(run);
    const meeting = this.#beginAll(runs, demos).finally(() => {
      for (const page of demos.keys()) this.#meeting.delete(page);
    });
    for (const page of demos.keys()) this.#meeting.set(page, meeting);
    return meeting;
  }

  async #beginAll(runs: readonly UnfinishedRun[], demos: ReadonlyMap<string, Demo>): Promise<void> {
    const { journal, begin, broke } = this.#options;
    const gone: { readonly id: string; readonly fault: FaultJson }[] = [];
    for (const run of runs) {
      try {
        await begin(run, demos.get(run.page) as Demo);
      } catch (error) {
        broke(error);
        // What its session holds cannot be read at the moment: it waits for the next request to its page.
        if (error instanceof Fault && error.code === "offline") this.#wait(run);
        else gone.push({ id: run.id, fault: GONE });
      }
    }
    await journal.interruptAll(gone);
  }

  #wait(run: UnfinishedRun): void {
    this.#waiting.add(run);
    this.#pages.set(run.page, (this.#pages.get(run.page) ?? 0) + 1);
  }

  #take(run: UnfinishedRun): void {
    this.#waiting.delete(run);
    const left = (this.#pages.get(run.page) ?? 1) - 1;
    if (left > 0) this.#pages.set(run.page, left);
    else {
      this.#pages.delete(run.page);
      this.#found.delete(run.page);
    }
  }
}
