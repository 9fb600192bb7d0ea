import assert from "node:assert/strict";
import { compareWithModel } from "./records_model.ts";
import {
  type Key,
  type ListOptions,
  MAX_KEY_BYTES,
  MAX_OPS,
  MAX_VALUE_BYTES,
  type Op,
  type Store,
  type StoreOptions,
  type Value,
} from "./records.ts";

/** Opens an empty store for one test. Disposing of it removes it. */
export type OpenStore = (options: StoreOptions) => Promise<Store>;

/** Registers the tests that every adapter of {@linkcode Store} passes. */
export function testStore(name: string, open: OpenStore): void {
  const test = (sentence: string, run: (store: Store, clock: { ms: number }) => Promise<void>) =>
    Deno.test(`${name} ${sentence}`, async () => {
      const clock = { ms: 1_000_000 };
      await using store = await open({ now: () => clock.ms });
      await run(store, clock);
    });

  test("gives back what was set, of every kind", async (store) => {
    const values: Value[] = [
      null,
      true,
      -1.5e300,
      "",
      "zwölf \u0000 \ud83d\ude00 \ud800",
      [],
      [1, [2, ["x"]]],
      {},
      { a: { b: null }, "": 1 },
      JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
      new Uint8Array(),
      Uint8Array.from({ length: 300 }, (_, at) => at),
      { deep: [{ bytes: new Uint8Array([0, 255]) }], $: "not bytes" },
      { $: { $: new Uint8Array([1]), $$: "x" } },
      JSON.parse('{"__proto__": 1, "a": "b"}'),
    ];
    for (const [at, value] of values.entries()) await set(store, ["v", at], value);
    for (const [at, value] of values.entries()) {
      assert.deepStrictEqual((await store.get(["v", at]))?.value, value);
    }
    await set(store, ["holes"], { a: undefined, b: [{ c: undefined }] });
    assert.deepEqual((await store.get(["holes"]))?.value, { b: [{}] });
  });

  test("keeps nothing of what its caller does to a value afterwards, nor before and after reading", async (store) => {
    const value = { list: [1], bytes: new Uint8Array([1]) };
    const commit = set(store, ["x"], value);
    value.list.push(2);
    value.bytes[0] = 2;
    await commit;
    const read = (await store.get(["x"]))?.value as typeof value;
    assert.deepEqual(read, { list: [1], bytes: new Uint8Array([1]) });
    read.list.push(3);
    assert.deepEqual(((await store.get(["x"]))?.value as typeof value).list, [1]);
  });

  test("refuses what it cannot keep and writes nothing of that commit", async (store) => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const wrong = [
      undefined,
      NaN,
      -Infinity,
      1n,
      () => 1,
      Symbol(),
      new Date(),
      new Map(),
      [undefined],
      cycle,
    ];
    for (const value of [...wrong, { deep: [new Float32Array(1)] }]) {
      const ops = [{ type: "set", key: ["ok"], value: 1 }, { type: "set", key: ["x"], value }] as Op[];
      await assert.rejects(store.commit(ops), TypeError, String(value?.constructor));
    }
    for (const key of [[], [NaN], [Infinity], ["\ud800"], [null], [{}], "x"] as unknown as Key[]) {
      await assert.rejects(store.commit([{ type: "set", key, value: 1 }]), TypeError);
      await assert.rejects(store.get(key), TypeError);
    }
    await assert.rejects(store.commit([{ type: "set", key: ["x"], value: 1, expiresMs: NaN }]), TypeError);
    assert.deepEqual(await keys(store, { prefix: [] }), []);
  });

  test("keeps values, keys and commits up to the limits and no larger ones", async (store) => {
    await set(store, ["x"], "x".repeat(MAX_VALUE_BYTES - 2));
    await set(store, ["€"], "€".repeat(Math.floor((MAX_VALUE_BYTES - 2) / 3)));
    await set(store, ["bytes"], new Uint8Array(780_000));
    await set(store, ["k".repeat(MAX_KEY_BYTES - 2)], 1);
    const ops = Array.from({ length: MAX_OPS + 1 }, (_, at) => op(["many", at], at));
    await store.commit(ops.slice(1));
    assert.equal(((await store.get(["x"]))?.value as string).length, MAX_VALUE_BYTES - 2);
    await assert.rejects(set(store, ["x"], "x".repeat(MAX_VALUE_BYTES - 1)), RangeError);
    await assert.rejects(set(store, ["x"], "€".repeat(MAX_VALUE_BYTES / 3)), RangeError);
    await assert.rejects(set(store, ["x"], new Uint8Array(790_000)), RangeError);
    await assert.rejects(set(store, ["k".repeat(MAX_KEY_BYTES - 1)], 1), RangeError);
    await assert.rejects(store.commit(ops), RangeError);
    const checks = ops.map(({ key }) => ({ key, version: null }));
    await assert.rejects(store.commit([], { checks }), RangeError);
  });

  test("lists in the order of the keys, either way, from here to there, so many", async (store) => {
    const sorted: Key[] = [["a"], ["a", ""], ["a", "b"], ["a", "b", 1], ["a", "c"], ["a", -1], ["a", 2]];
    sorted.push(["a", 10], ["a", 10, "x"], ["a\0"], ["a\0", "b"], ["aa"], ["b"], [0]);
    await store.commit(sorted.toReversed().map((key) => op(key, 1)));
    const all = (options: ListOptions) => keys(store, options);
    assert.deepEqual(await all({ prefix: [] }), sorted);
    assert.deepEqual(await all({ prefix: [], reverse: true }), sorted.toReversed());
    assert.deepEqual(await all({ prefix: ["a"] }), sorted.slice(1, 9));
    assert.deepEqual(await all({ prefix: ["a"], start: ["a", "b", 1] }), sorted.slice(3, 9));
    assert.deepEqual(await all({ prefix: ["a"], end: ["a", 10] }), sorted.slice(1, 7));
    assert.deepEqual(await all({ prefix: ["a"], end: ["a", 10], reverse: true, limit: 2 }), [
      ["a", 2],
      ["a", -1],
    ]);
    assert.deepEqual(await all({ prefix: ["a"], start: [], end: ["b"] }), sorted.slice(1, 9));
    assert.deepEqual(await all({ prefix: ["a"], start: ["b"] }), []);
    assert.deepEqual(await all({ prefix: ["a"], limit: 0 }), []);
    assert.deepEqual(await all({ prefix: ["nothing"] }), []);
  });

  test("says how much records take, in the order of the keys, and which came first", async (store, clock) => {
    await set(store, ["n", "b"], "x".repeat(100_000));
    await set(store, ["n", "a"], new Uint8Array(3000));
    await set(store, ["n", "c"], "ü".repeat(500));
    await set(store, ["other"], 1);
    await store.commit([{ type: "set", key: ["n", "d"], value: 1, expiresMs: clock.ms + 1 }]);
    clock.ms += 1;
    const sizes = await Array.fromAsync(store.sizes({ prefix: ["n"] }));
    assert.deepEqual(sizes.map(({ key }) => key), [["n", "a"], ["n", "b"], ["n", "c"]]);
    const versions = sizes.toSorted((a, b) => a.version - b.version);
    assert.deepEqual(versions.map(({ key: [, name] }) => name), ["b", "a", "c"]);
    for (const [at, most] of [[0, 4030], [1, 100_050], [2, 1050]] as const) {
      const { sizeBytes } = sizes[at]!;
      assert.ok(sizeBytes <= most && sizeBytes >= most - 60, `${sizeBytes} of ${most}`);
    }
    const some = await Array.fromAsync(
      store.sizes({ prefix: ["n"], start: ["n", "b"], reverse: true, limit: 1 }),
    );
    assert.deepEqual(some.map(({ key }) => key), [["n", "c"]]);
  });

  test("lists on while what it lists is changed", async (store) => {
    await store.commit(Array.from({ length: 300 }, (_, at) => op(["n", at], at)));
    const seen: unknown[] = [];
    for await (const { key: [, at] } of store.list({ prefix: ["n"] })) {
      seen.push(at);
      await store.commit([{ type: "delete", key: ["n", at as number] }, op(["n", -1], 1)]);
    }
    assert.deepEqual(seen, Array.from({ length: 300 }, (_, at) => at));
    assert.deepEqual(await keys(store, { prefix: [] }), [["n", -1]]);
  });

  test("writes all of a commit or nothing, as the checks say", async (store) => {
    const first = await store.commit([op(["a"], 1), op(["b"], 1)], {
      checks: [{ key: ["a"], version: null }],
    });
    assert.ok(first !== undefined && first > 0);
    assert.equal((await store.get(["b"]))?.version, first);
    assert.equal(await store.commit([op(["a"], 2)], { checks: [{ key: ["a"], version: null }] }), undefined);
    const half = { checks: [{ key: ["a"], version: first }, { key: ["b"], version: first + 1 }] };
    assert.equal(await store.commit([op(["a"], 2), op(["c"], 2)], half), undefined);
    assert.deepEqual(await keys(store, { prefix: [] }), [["a"], ["b"]]);
    const second = await store.commit([op(["a"], 2)], { checks: [{ key: ["a"], version: first }] });
    assert.ok(second !== undefined && second > first);
    await store.commit([{ type: "delete", key: ["a"] }]);
    await set(store, ["a"], 3);
    assert.ok((await store.get(["a"]))!.version > second, "a version came back");
    await store.commit([op(["x"], 1), { type: "delete", key: ["x"] }, op(["y"], 1), op(["y"], 2)]);
    assert.equal(await store.get(["x"]), undefined);
    assert.equal((await store.get(["y"]))?.value, 2);
    assert.ok(await store.commit([], { checks: [{ key: ["x"], version: null }] }));
  });

  test("lets one of many win that change the same record at once, and loses no count", async (store) => {
    const add = async () => {
      for (;;) {
        const before = await store.get(["n"]);
        const checks = [{ key: ["n"], version: before?.version ?? null }];
        if (await store.commit([op(["n"], (before?.value as number ?? 0) + 1)], { checks })) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, add));
    assert.equal((await store.get(["n"]))?.value, 20);
  });

  test("does commits in the order in which they were asked for", async (store) => {
    const versions = await Promise.all(Array.from({ length: 200 }, (_, at) => set(store, ["n"], at)));
    assert.deepEqual(versions, versions.toSorted((a, b) => a! - b!));
    assert.equal((await store.get(["n"]))?.value, 199);
  });

  test("knows nothing of what has expired, and sweeps it away", async (store, clock) => {
    const expiring = (key: Key, ms: number) => ({ ...op(key, 1), expiresMs: clock.ms + ms } as const);
    await store.commit([
      expiring(["a"], 1000),
      expiring(["b"], 1001),
      expiring(["c"], Infinity),
      op(["d"], 0),
    ]);
    assert.equal((await store.get(["a"]))?.expiresMs, 1_001_000);
    assert.equal((await store.get(["d"]))?.expiresMs, undefined);
    assert.equal(await store.sweep(), 0);
    clock.ms += 1000;
    assert.equal(await store.get(["a"]), undefined);
    assert.deepEqual(await keys(store, { prefix: [] }), [["b"], ["c"], ["d"]]);
    assert.deepEqual(await keys(store, { prefix: [], limit: 1 }), [["b"]]);
    assert.ok(await store.commit([op(["e"], 1)], { checks: [{ key: ["a"], version: null }] }));
    clock.ms += 1;
    assert.equal(await store.sweep(), 2);
    assert.equal(await store.sweep(), 0);
    clock.ms -= 1001;
    assert.equal(await store.get(["a"]), undefined);
    await store.commit([expiring(["a"], 5)]);
    await set(store, ["a"], "kept");
    clock.ms += 6;
    assert.equal((await store.get(["a"]))?.value, "kept");
    assert.equal(await store.sweep(), 0);
  });

  test("sweeps thousands", async (store, clock) => {
    const expiring = (at: number) => ({ ...op(["n", at], at), expiresMs: clock.ms } as const);
    for (let from = 0; from < 2500; from += 500) {
      await store.commit(Array.from({ length: 500 }, (_, at) => expiring(from + at)));
    }
    assert.equal(await store.sweep(), 2500);
  });

  test("tells who watches which keys have changed, each once until it is taken", async (store) => {
    const watch = store.watch(["a"]);
    await store.commit([
      op(["a"], 1),
      op(["a\0b"], 1),
      op(["b", 1], 1),
      op(["a", 1], 1),
      op(["a", 2, "x"], 1),
    ]);
    await store.commit([op(["a", 1], 2), { type: "delete", key: ["a", 3] }]);
    await store.commit([op(["a", 9], 1)], { checks: [{ key: ["a"], version: null }] });
    for (const key of [["a", 1], ["a", 2, "x"], ["a", 3]]) assert.deepEqual((await watch.next()).value, key);
    const next = watch.next();
    await set(store, ["a", 1], 3);
    assert.deepEqual(await next, { done: false, value: ["a", 1] });
    const last = watch.next();
    await watch.return?.();
    assert.equal((await last).done, true);
    await set(store, ["a", 1], 4);
    assert.equal((await watch.next()).done, true);
  });

  test("ends a watch by its signal, by leaving the loop and by its own end", async (store) => {
    const stop = new AbortController();
    const byOwnEnd = store.watch([]);
    const bySignal = store.watch([], { signal: stop.signal }).next();
    stop.abort();
    assert.equal((await bySignal).done, true);
    assert.equal((await store.watch([], { signal: stop.signal }).next()).done, true);
    const byLeaving = store.watch([]);
    await set(store, ["x"], 1);
    for await (const key of byLeaving) {
      assert.deepEqual(key, ["x"]);
      break;
    }
    assert.deepEqual((await byOwnEnd.next()).value, ["x"]);
    const end = byOwnEnd.next();
    await store[Symbol.asyncDispose]();
    assert.equal((await end).done, true);
  });

  test("finishes what is under way when it is closed, and refuses the rest", async (store) => {
    const list = store.list({ prefix: [] });
    const commit = set(store, ["x"], 1);
    const closed = Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    assert.ok(await commit);
    await closed;
    for (const late of [store.get(["x"]), set(store, ["x"], 2), store.sweep(), list.next()]) {
      await assert.rejects(late, /The store is closed/);
    }
    assert.throws(() => store.watch([]), /The store is closed/);
  });

  for (const seed of [1, 2, 3]) {
    test(`does as a sorted map does, seed ${seed}`, (store, clock) => compareWithModel(store, clock, seed));
  }
}

function op(key: Key, value: Value): Op & { type: "set" } {
  return { type: "set", key, value };
}

function set(store: Store, key: Key, value: Value): Promise<number | undefined> {
  return store.commit([op(key, value)]);
}

async function keys(store: Store, options: ListOptions): Promise<Key[]> {
  return (await Array.fromAsync(store.list(options))).map(({ key }) => key);
}
