import assert from "node:assert/strict";
import type { Key, ListOptions, Op, Store } from "./records.ts";

interface Entry {
  readonly key: Key;
  readonly value: number;
  readonly version: number;
  readonly expiresMs: number | undefined;
}

/**
 * Applies the same seeded random operations to a store and to a map that is sorted each time; both must always agree.
 */
export async function compareWithModel(store: Store, clock: { ms: number }, seed: number): Promise<void> {
  const pick = picker(seed);
  const keys = Array.from(
    { length: 60 },
    () => Array.from({ length: 1 + pick(3) }, () => PARTS[pick(PARTS.length)]!),
  );
  let model: Entry[] = [];
  const find = (key: Key) => model.find((entry) => compareKeys(entry.key, key) === 0);

  for (let step = 0; step < 300; step++) {
    const ops = Array.from({ length: pick(5) }, (): Op => {
      const key = keys[pick(keys.length)]!;
      if (pick(3) === 0) return { type: "delete", key };
      return {
        type: "set",
        key,
        value: pick(100),
        expiresMs: pick(2) === 0 ? clock.ms + pick(20) : undefined,
      };
    });
    const checks = pick(2) === 0 ? [] : [keys[pick(keys.length)]!].map((key) => {
      return { key, version: pick(2) === 0 ? null : find(key)?.version ?? null };
    });
    const holds = checks.every(({ key, version }) => (find(key)?.version ?? null) === version);
    const version = await store.commit(ops, { checks });
    assert.equal(version !== undefined, holds, `seed ${seed}, step ${step}`);
    for (const op of version === undefined ? [] : ops) {
      model = model.filter((entry) => compareKeys(entry.key, op.key) !== 0);
      if (op.type === "set") {
        model.push({ key: op.key, value: op.value as number, version: version!, expiresMs: op.expiresMs });
      }
    }
    clock.ms += pick(4);
    model = model.filter(({ expiresMs = Infinity }) => expiresMs > clock.ms);
    if (pick(20) === 0) await store.sweep();

    const options: ListOptions = {
      prefix: pick(2) === 0 ? [] : keys[pick(keys.length)]!.slice(0, pick(3)),
      start: pick(2) === 0 ? undefined : keys[pick(keys.length)],
      end: pick(2) === 0 ? undefined : keys[pick(keys.length)],
      limit: pick(2) === 0 ? undefined : pick(10),
      reverse: pick(2) === 0,
    };
    const right = expected(model, options);
    assert.deepEqual(await Array.fromAsync(store.list(options)), right, `seed ${seed}, step ${step}`);
    const key = keys[pick(keys.length)]!;
    assert.deepEqual(await store.get(key), find(key), `seed ${seed}, step ${step}`);
  }
}

const PARTS = [
  "",
  "a",
  "a\0",
  "a\0b",
  "\0",
  "b",
  "é",
  "\uffff",
  "\u{1f600}",
  -1e9,
  -1,
  -1e-300,
  0,
  1e-300,
  1,
  2,
  1e9,
];

function expected(model: readonly Entry[], { prefix, start, end, limit, reverse }: ListOptions): Entry[] {
  const found = model.filter(({ key }) =>
    key.length > prefix.length && prefix.every((part, at) => key[at] === part) &&
    (!start || compareKeys(key, start) >= 0) && (!end || compareKeys(key, end) < 0)
  ).sort((a, b) => compareKeys(a.key, b.key));
  return (reverse ? found.reverse() : found).slice(0, limit);
}

/** The order of keys, as `Key` says it, without packing them. */
export function compareKeys(a: Key, b: Key): number {
  const encoder = new TextEncoder();
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) return 1;
    if (typeof left !== typeof right) return typeof left === "string" ? -1 : 1;
    if (typeof left === "number" || typeof right === "number") {
      if (left !== right) return left < right ? -1 : 1;
      continue;
    }
    const [one, other] = [encoder.encode(left), encoder.encode(right)];
    for (let byte = 0; byte < Math.max(one.length, other.length); byte++) {
      const difference = (one[byte] ?? -1) - (other[byte] ?? -1);
      if (difference !== 0) return difference;
    }
  }
  return a.length - b.length;
}

/** Whole numbers from 0 up to a limit, the same for the same seed (mulberry32). */
export function picker(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
