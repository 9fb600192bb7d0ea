import assert from "node:assert/strict";
import { type AcceptedRun, Journal, type Left } from "@/lib/engine/journal.ts";
import type { Store } from "@/lib/store/records.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { World } from "./seeds.ts";

/** What the simulator knows of a run. */
export class Told {
  readonly run: AcceptedRun;
  accept: "asked" | "acknowledged" | "refused" = "asked";
  end: "open" | "asked" | "acknowledged" = "open";
  /** All that it said in this attempt. */
  said: FrameBody[] = [];
  /** What it said in those before. */
  readonly earlier: FrameBody[][] = [];
  /** How much of it is known to be on the disk. */
  kept = 0;
  /** The number before that of its first frame in this process. */
  base = 0;
  /** How often it was begun, as far as that was acknowledged. */
  attempt = 1;
  /** Whether another begin was asked for and nobody knows whether it is counted. */
  between = false;
  /** Whether it was asked to be ended as interrupted. */
  cut = false;
  /** Whether its end leaves something in its session. */
  left = false;
  readonly #heard = new Map<number, string>();

  constructor(run: AcceptedRun) {
    this.run = run;
  }

  /** Somebody sees a frame: whoever sees that number, at whatever time, sees the same. */
  hear(seq: number, frame: FrameBody): void {
    const text = JSON.stringify(frame);
    assert.equal(this.#heard.get(seq) ?? text, text, `frame ${seq} of ${this.run.id} says two things`);
    this.#heard.set(seq, text);
  }
}

/** How long a journal of the simulator keeps what is over. */
export const KEEP_MS = 1_000_000;

/** A process that uses a journal, until it ends or crashes. */
export class JournalProcess {
  readonly journal: Journal;
  /** By session, the runs that have left something there, as this process holds it. */
  readonly states: Map<string, string[]>;
  readonly #world: World;
  readonly #all: Told[];
  readonly #actors: Promise<void>[] = [];
  #gone = false;
  #broken = 0;

  constructor(
    world: World,
    store: Store,
    { now, all, states }: {
      readonly now: () => number;
      readonly all: Told[];
      readonly states: Map<string, string[]>;
    },
  ) {
    this.states = states;
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
    const run = { id, session, call: `c-${id}`, demo: "/d", action: "a", page: "/d", input: { id } };
    const told = new Told({ ...run, retry: chance.yes(0.5) });
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

  /** Runs an unfinished run of an earlier process once more: it waits for a while, then it begins. */
  async runAgain(told: Told): Promise<void> {
    const { chance, note, time } = this.#world;
    const { id } = told.run;
    note(`${id} is to go on`);
    // Not before it is kept that there is this process.
    await this.#live(this.journal.opened);
    const again = this.journal.again(id);
    if (!again) return;
    assert.equal(again.attempt, told.attempt);
    if (chance.yes(0.5)) await this.#live(time.sleep(chance.int(100)));
    told.between = true;
    const begun = await this.#live(this.retried(() => this.journal.begin(id)).then(() => true));
    told.between = false;
    told.attempt++;
    note(`${id} begins again: ${begun}`);
    told.earlier.push(told.said);
    [told.said, told.base, told.kept] = [[], this.journal.base, 0];
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
      told.said.forEach((frame, at) => told.hear(told.base + at + 1, frame));
      this.journal.append(id, told.base + from, told.said.slice(from - 1));
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
    const left = this.#left(told);
    told.left = left !== undefined;
    await this.#live(this.retried(() => this.journal.finish(id, told.base + from, rest, left)));
    note(`${id} is finished`);
    if (!refused()) told.end = "acknowledged";
  }

  /** What a run leaves: how many runs of its session have left something, and which were the last. */
  #left({ run: { id, session } }: Told): Left | undefined {
    if (this.#world.chance.yes(0.3)) return undefined;
    const list = this.states.get(session) ?? [];
    list.push(id);
    this.states.set(session, list);
    const ops = [{ type: "set", key: ["state", session], value: [...list] }] as const;
    return { session, ops, settled: () => {} };
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
