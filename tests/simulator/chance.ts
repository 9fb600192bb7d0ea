/** What a seed decides. */
export interface Chance {
  /** The seed. */
  readonly seed: number;
  /** A whole number from 0 up to a limit, itself not counted. */
  int(limit: number): number;
  /** Whether something with this probability happens. */
  yes(probability: number): boolean;
  /** One of several. */
  pick<T>(from: readonly T[]): T;
  /** Some bytes. */
  bytes(count: number): Uint8Array;
  /**
   * Whether the trouble of this name happens now. A run has only some of all troubles, and those often: a run in which
   * everything goes wrong gets nowhere, and one in which everything goes wrong rarely finds nothing.
   */
  trouble(name: string): boolean;
}

const AT = 0.25;

/** All that a seed decides, the same for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const troubles = new Map<string, boolean>();
  const yes = (probability: number) => next() / 2 ** 32 < probability;
  return {
    seed,
    int: (limit) => next() % limit,
    yes,
    pick: (from) => from[next() % from.length]!,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 255),
    trouble: (name) => {
      let chosen = troubles.get(name);
      if (chosen === undefined) troubles.set(name, chosen = yes(0.5));
      return chosen && yes(AT);
    },
  };
}
