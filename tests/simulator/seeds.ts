import { type Chance, chanceOf } from "./chance.ts";
import { amount } from "@/tests/effort.ts";
import { type SimulatedTime, simulateTime } from "./time.ts";

/** Everything of one run that the seed does not decide. */
export interface World {
  readonly chance: Chance;
  readonly time: SimulatedTime;
  /** Writes down what happens. Two runs of one seed write the same. */
  readonly note: (what: string) => void;
  /** Looks after a promise that nobody waits for: what it fails with is thrown by the next `check()`. */
  readonly follow: (promise: Promise<unknown>) => void;
  /** Throws what was thrown in a followed promise. */
  readonly check: () => void;
}

/** What is simulated: throws as soon as something is not as it has to be. */
export type Simulation = (world: World) => Promise<void>;

/** What a seed led to. */
export interface Outcome {
  /** What was thrown. */
  readonly error: unknown;
  /** What happened, the last at the end. */
  readonly notes: readonly string[];
}

/** Runs one seed. */
export async function runSeed(simulation: Simulation, seed: number): Promise<Outcome> {
  using time = simulateTime();
  const notes: string[] = [];
  const note = (what: string) => void notes.push(`${time.now()} ms: ${what}`);
  const errors: unknown[] = [];
  const follow = (promise: Promise<unknown>) =>
    void promise.catch((error) => void errors.push(error ?? new Error("thrown: undefined")));
  const check = () => {
    if (errors.length > 0) throw errors[0];
  };
  try {
    await simulation({ chance: chanceOf(seed), time, note, follow, check });
    await time.settle();
    check();
    return { error: undefined, notes };
  } catch (error) {
    return { error, notes };
  }
}

const GATE = 100;

/** Which seeds to run. */
export interface Seeds {
  /** Name of the test, to run it alone by. */
  readonly name: string;
  /** How many in `deno task proof`, from the first. `deno task test` runs the first hundred at most. */
  readonly count: number;
  /** Seeds that once found something. They are run first. */
  readonly found: readonly number[];
}

/**
 * Registers a test that runs many seeds and fails at the first that finds something, naming it. `SEED` runs one alone;
 * `SEEDS` says how many instead.
 */
export function testSeeds(simulation: Simulation, { name, count, found }: Seeds): void {
  Deno.test(name, async () => {
    const alone = Deno.env.get("SEED");
    const many = Number(Deno.env.get("SEEDS") ?? amount({ gate: Math.min(GATE, count), proof: count }));
    const seeds = alone ? [Number(alone)] : [...found, ...Array.from({ length: many }, (_, seed) => seed)];
    for (const seed of seeds) {
      const { error, notes } = await runSeed(simulation, seed);
      if (error === undefined) continue;
      const last = notes.slice(-Number(Deno.env.get("NOTES") ?? 30)).map((note) => `  ${note}`).join("\n");
      throw new Error(
        `Seed ${seed} found something. Alone: SEED=${seed} deno test -A tests/simulator/ --filter "${name}"\n` +
          `What happened last:\n${last}`,
        { cause: error },
      );
    }
  });
}

/** The first of so many seeds that finds something; `undefined` when none does. */
export async function firstToFind(
  simulation: Simulation,
  count: number,
): Promise<(Outcome & { readonly seed: number }) | undefined> {
  for (let seed = 0; seed < count; seed++) {
    const outcome = await runSeed(simulation, seed);
    if (outcome.error !== undefined) return { ...outcome, seed };
  }
  return undefined;
}
