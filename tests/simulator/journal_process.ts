import assert from "node:assert/strict";
import { type AcceptedRun, ATTEMPT_FRAMES, Journal } from "@/lib/engine/journal.ts";
import type { Store } from "@/lib/store/records.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { World } from "./seeds.ts";

/** What the simulator knows of a run. */
export interface Told {
  readonly run: AcceptedRun;
  accept: "asked" | "acknowledged" | "refused";
  end: "open" | "asked" | "acknowledged";
  /** All that it said in this attempt. */
  said: FrameBody[];
  /** How much of it is known to be on the disk. */
  kept: number;
  attempt: number;
  /** Whether another attempt was asked for and nobody knows whether it is counted. */
  between: boolean;
  /** Whether it was asked to be ended as interrupted. */
  cut: boolean;
}

/** The number before that of a run's first frame. */
export function baseOf({ attempt }: Told): number {
  return (attempt - 1) * ATTEMPT_FRAMES;
}

/** How long a journal of the simulator keeps what is over. */
export const KEEP_MS = 1_000_000;

/** A process that uses a journal, until it ends or crashes. */
export class JournalProcess {
  readonly journal: Journal;
  readonly #world: World;
  readonly #all: Told[];
  readonly #actors: Promise<void>[] = [];
  #gone = false;
  #broken = 0;

  constructor(world: World, store: Store, now: () => number, all: Told[]) {
    this.#world = world;
    this.#all = all;
    this.journal = new Journal({
      store,
      now,
      after: (ms, callback) => world.time.after(ms, () => this.#gone || callback()),
      keepMs: KEEP_MS,
      flushMs: world.chance.pick([1, 20, 100]),
      broke: (error) => {
        this.#broken++;
        assert.ok(error instanceof Fault && error.code === "no_space", String(error));
      },
    });
  }

  /** Begins something that goes on until it is over or the process crashes. */
  start(work: Promise<void>): void {
    this.#actors.push(work);
    this.#world.follow(work);
  }

  /** Nothing of it goes on any more. */
  crash(): void {
    this.#gone = true;
  }

  /** Waits for all that was begun and closes the journal. */
  async end(): Promise<void> {
    await Promise.all(this.#actors);
    await this.journal[Symbol.asyncDispose]();
  }

  /** A run that is accepted, says something and may end. */
  async newRun(): Promise<void> {
    const { chance, note, follow } = this.#world;
    const id = `run${this.#all.length}`;
    const session = `s${chance.int(3)}`;
    const told: Told = {
      run: { id, session, call: `c-${id}`, demo: "/d", action: "a", page: "/d", input: { id } },
      accept: "asked",
      end: "open",
      said: [],
      kept: 0,
      attempt: 1,
      between: false,
      cut: false,
    };
    this.#all.push(told);
    note(`${id} is to be accepted`);
    const accepted = this.#live(this.journal.accept(told.run)).then(() => {
      note(`${id} is accepted`);
      told.accept = "acknowledged";
    }, (error) => {
      assert.ok(error instanceof Fault && error.code === "no_space", String(error));
      note(`${id} is refused`);
      told.accept = "refused";
    });
    follow(accepted);
    if (chance.yes(0.5)) await accepted;
    await this.#speak(told);
    await accepted;
  }

  /** Ends an unfinished run of an earlier process. */
  async interrupt(told: Told): Promise<void> {
    const { id } = told.run;
    told.cut = true;
    this.#world.note(`${id} is to be interrupted`);
    await this.#live(this.retried(() => this.journal.interrupted(id)));
    this.#world.note(`${id} is interrupted`);
    told.end = "acknowledged";
  }

  /** Runs an unfinished run of an earlier process once more. */
  async runAgain(told: Told): Promise<void> {
    const { id } = told.run;
    [told.between, told.kept] = [true, 0];
    this.#world.note(`${id} is to run again`);
    const again = await this.#live(this.journal.again(id)).catch((error) => {
      assert.ok(error instanceof Fault && error.code === "no_space", String(error));
    });
    told.between = false;
    if (!again) return;
    this.#world.note(`${id} runs again`);
    assert.equal(again.attempt, ++told.attempt);
    told.said = [];
    await this.#speak(told);
  }

  /** What fails for want of room is done again, as whoever uses a journal has to. */
  async retried<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== "no_space") throw error;
        await this.#world.time.sleep(10);
      }
    }
  }

  async #speak(told: Told): Promise<void> {
    const { chance, time, note } = this.#world;
    const { id } = told.run;
    const refused = () => told.accept === "refused";
    for (let turns = chance.int(5); turns > 0 && !refused(); turns--) {
      const frames = Array.from({ length: chance.int(4) }, () => this.#frame(told));
      // What it has already it is given again at times.
      const from = told.said.length + 1 - chance.int(Math.min(3, told.said.length + 1));
      told.said.push(...frames);
      this.journal.append(id, baseOf(told) + from, told.said.slice(from - 1));
      if (chance.yes(0.3)) {
        const [count, broken] = [told.said.length, this.#broken];
        await this.#live(this.journal.flush());
        if (broken === this.#broken && told.accept === "acknowledged") told.kept = Math.max(told.kept, count);
        note(`${id} has ${told.kept} frames on the disk`);
      }
      if (chance.yes(0.7)) await this.#live(time.sleep(chance.int(150)));
    }
    if (chance.yes(0.3) || refused()) return;
    const rest = [this.#frame(told), { type: "done", outcome: "done", ms: 5 } as const];
    const from = told.said.length + 1;
    told.said.push(...rest);
    told.end = "asked";
    note(`${id} is to be finished with ${told.said.length} frames`);
    await this.#live(this.retried(() => this.journal.finish(id, baseOf(told) + from, rest)));
    note(`${id} is finished`);
    if (!refused()) told.end = "acknowledged";
  }

  #frame({ run, said }: Told): FrameBody {
    const { chance } = this.#world;
    const text = `${run.id} says ${said.length} ${"!".repeat(chance.int(40))}${chance.int(1000)}`;
    return { type: "output", action: "a", values: { text }, mode: "set" };
  }

  /** Never settles once the process is gone. */
  #live<T>(promise: Promise<T>): Promise<T> {
    return promise.then(
      (value) => this.#gone ? new Promise<T>(() => {}) : value,
      (error) => this.#gone ? new Promise<T>(() => {}) : Promise.reject(error),
    );
  }
}
