/** What both kinds of pools promise. */
import assert from "node:assert/strict";
import { RESET, Updated } from "@/lib/demo/action.ts";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { all, call, realClock, result } from "./testing/setting.ts";
import type { Pool } from "./port.ts";
import { ProcessPool } from "./process_pool.ts";
import { WorkerPool } from "./worker_pool.ts";

const is = (code: FaultCode, message?: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && (message?.test(error.message) ?? true);

const strays: unknown[] = [];
// Long enough for a machine that has much else to do: where a test counts on the end by force, it takes a short one.
const given = { clock: realClock, report: (error: unknown) => strays.push(error), graceMs: 5000 };
const quiet = { ...given, print: () => {} };
const kinds = {
  worker: (options: { size?: number; queueSize?: number; graceMs?: number } = {}): Pool =>
    new WorkerPool({ ...given, ...options }),
  process: (options: { size?: number; queueSize?: number; graceMs?: number } = {}): Pool =>
    new ProcessPool({ ...quiet, ...options }),
};
const quick = {
  worker: { runs: "worker", timeoutMs: 100 },
  process: { runs: "process", timeoutMs: 100 },
} as const;

for (const [kind, open] of Object.entries(kinds) as [keyof typeof kinds, typeof kinds["worker"]][]) {
  const options = { runs: kind };

  Deno.test(`A ${kind} takes and gives values, promises, generators and bytes`, async () => {
    await using pool = open({ size: 1 });
    assert.deepEqual(pool.load, { seats: 0, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
    assert.equal(await result(call(pool, "add", { a: 1, b: 2 }, options)), 3);
    assert.deepEqual(await all(call(pool, "countTo", 3, options)), [1, 2, 3]);
    assert.deepEqual(await all(call(pool, "words", "a b", options)), ["a", "b", undefined]);
    const value = {
      list: [1, "two", null, true, -0, NaN, Infinity],
      bytes: new Uint8Array([1, 2, 3]).subarray(1),
      floats: new Float32Array([0.5]),
      big: 2n ** 80n,
      at: new Date(5),
      map: new Map([["k", new Set([1])]]),
      ["__proto__"]: { polluted: true },
      $: "dollar",
      $atoll: "tag",
    };
    assert.deepEqual(await result(call(pool, "echo", value, options)), value);
    assert.equal(({} as { polluted?: true }).polluted, undefined);
    assert.deepEqual(pool.load, { seats: 1, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
  });

  Deno.test(`A ${kind} knows update(), reset(), the request and the event`, async () => {
    await using pool = open({ size: 1 });
    const { n, m } = await result(call(pool, "updated", null, options)) as { n: Updated; m: unknown };
    assert.ok(n instanceof Updated);
    assert.deepEqual(n.update, { max: 8 });
    assert.equal(m, RESET);
    assert.deepEqual(await result(call(pool, "whereAmI", null, options)), {
      session: "s1",
      event: { field: "list", name: "pick", detail: { index: 3 } },
      url: "http://127.0.0.1/x",
      agent: "test",
    });
  });

  Deno.test(`A ${kind} may call functions among its inputs`, async () => {
    await using pool = open({ size: 1 });
    const photo = { name: "a.png", bytes: () => Promise.resolve(new Uint8Array(5)) };
    assert.deepEqual(await result(call(pool, "borrow", { photo }, options)), ["a.png", 5]);
    const refused = () => Promise.reject(new Fault("bad_input", "It is not kept any more"));
    await assert.rejects(
      result(call(pool, "refused", { open: refused }, options)),
      is("bad_input", /not kept/),
    );
  });

  Deno.test(`A ${kind} tells progress and log in order, and no more than can be seen`, async () => {
    await using pool = open({ size: 1 });
    const run = call(pool, "tell", null, options);
    assert.equal(await result(run), "told");
    assert.deepEqual(run.told[0], [1, 2, "half"]);
    assert.ok(run.told.some((told) => (told as { text?: string }).text === "careful"));
    assert.ok(run.told.some((told) => Array.isArray(told) && told[0] === 99_999));
    assert.ok(run.told.length < 200, String(run.told.length));
  });

  Deno.test(`A ${kind} ends a handler whose progress is no share with what would be right`, async () => {
    await using pool = open({ size: 1 });
    await assert.rejects(result(call(pool, "tellPercent", null, options)), {
      message: /Cannot tell progress\(30\): without a total it takes a share from 0 to 1/,
    });
  });

  Deno.test(`A ${kind} is never ahead of a slow reader`, async () => {
    await using pool = open({ size: 1 });
    const run = call(pool, "produce", null, options);
    for (let i = 1; i <= 3; i++) assert.deepEqual(await run.next(), { done: false, value: i });
    await run.return(undefined);
    assert.equal(await result(call(pool, "howManyProduced", null, options)), 3);
  });

  Deno.test(`Closing a generator in a ${kind} aborts its signal and runs its finally, and the seat is used again`, async () => {
    await using pool = open({ size: 1 });
    for (const end of ["return", "cancel"] as const) {
      const run = call(pool, "untilClosed", null, options);
      assert.deepEqual(await run.next(), { done: false, value: "one" });
      const pending = run.next();
      if (end === "return") {
        await run.return(undefined);
        assert.deepEqual(await pending, { done: true, value: undefined });
      } else {
        run.cancel();
        await assert.rejects(pending, is("cancelled"));
        await run.return(undefined);
      }
      assert.deepEqual(await run.next(), { done: true, value: undefined });
      assert.deepEqual(await result(call(pool, "whatClosed", null, options)), ["aborted", "finally"]);
    }
    assert.equal(pool.load.seats, 1);
  });

  Deno.test(`An endless loop in a ${kind} ends at its time limit, and hurts nobody`, async () => {
    await using pool = open({ size: 2, graceMs: 100 });
    const looping = ["loop", "loopAfterOne"] as const;
    const loops = looping.map((name) =>
      assert.rejects(all(call(pool, name, null, quick[kind])), is("timeout", /0.1 s/))
    );
    loops.push(assert.rejects(all(call(pool, "never", null, quick[kind])), is("timeout")));
    assert.equal(await result(call(pool, "echo", "alive", options)), "alive");
    await Promise.all(loops);
    assert.equal(pool.load.deaths, 0);
  });

  Deno.test(`A ${kind} pool stands 50 time limits in a row`, async () => {
    await using pool = open({ size: 1 });
    for (let i = 0; i < 50; i++) {
      const run = call(pool, "loop", null, { runs: kind, timeoutMs: 5 });
      await assert.rejects(result(run), is("timeout"));
    }
    assert.equal(await result(call(pool, "echo", 1, options)), 1);
    assert.deepEqual(pool.load, { seats: 1, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
  });

  Deno.test(`A ${kind} that is waited for can be cancelled before it is there`, async () => {
    await using pool = open({ size: 1, queueSize: 1 });
    const first = call(pool, "untilClosed", null, options);
    await first.next();
    const second = call(pool, "echo", 2, options);
    const waiting = second.next();
    await assert.rejects(call(pool, "echo", 3, options).next(), is("queue_full"));
    second.cancel();
    await assert.rejects(waiting, is("cancelled"));
    assert.equal(pool.load.waiting, 0);
    await first.return(undefined);
    assert.equal(await result(call(pool, "echo", 4, options)), 4);
  });

  Deno.test(`Calls that are more than the ${kind} pool has seats are all answered, in order`, async () => {
    for (const size of [1, 2]) {
      await using pool = open({ size });
      const order: number[] = [];
      const calls = Array.from({ length: 40 }, async (_, i) => {
        assert.equal(await result(call(pool, "echo", i, options)), i);
        order.push(i);
      });
      await Promise.all(calls);
      // Of two at once either may be first.
      if (size === 1) assert.deepEqual(order, Array.from(order, (_, i) => i));
      assert.equal(pool.load.seats, size);
    }
  });

  Deno.test(`Whatever is thrown in a ${kind} arrives as an error that can be read, and the seat is used again`, async () => {
    await using pool = open({ size: 1 });
    await assert.rejects(
      result(call(pool, "refuse", null, options)),
      (error) => is("refused", /Not today/)(error) && (error as Fault).field === "n",
    );
    const expected: Record<string, RegExp> = {
      error: /^RangeError: Canary$/,
      string: /no Error was thrown: just text/,
      null: /no Error was thrown/,
      undefined: /no Error was thrown/,
      getter: /cannot be read/,
      object: /no Error was thrown: \[object Object\]/,
      proxy: /cannot be read/,
      long: /^Error: x{2000} \.\.\.$/,
      circular: /^Error: round$/,
      aggregate: /^AggregateError: both$/,
      promise: /no Error was thrown: \[object Promise\]/,
      function: /no Error was thrown/,
      symbol: /no Error was thrown: Symbol\(s\)/,
      abort: /^AbortError: stopped$/,
      "false fault": /^Fault: no such code$/,
    };
    for (const [what, message] of Object.entries(expected)) {
      await assert.rejects(result(call(pool, "throwOdd", what, options)), (error) => {
        assert.ok(error instanceof Error && !(error instanceof Fault), what);
        assert.match(String(error), message, what);
        return true;
      });
    }
    for (const what of ["function", "symbol"]) {
      await assert.rejects(result(call(pool, "gives", what, options)), Error, what);
    }
    await assert.rejects(result(call(pool, "echo", { s: Symbol("s") }, options)), Error);
    await assert.rejects(result(call(pool, "nothing" as "echo", 1, options)), /Cannot run "nothing"/);
    assert.equal(await result(call(pool, "echo", 1, options)), 1);
    assert.deepEqual(pool.load, { seats: 1, busy: 0, waiting: 0, abandoned: 0, deaths: 0 });
  });

  Deno.test(`Deno.exit() in a ${kind} ends only its own call, and the pool refills`, async () => {
    await using pool = open({ size: 2 });
    const other = call(pool, "untilClosed", null, options);
    await other.next();
    await assert.rejects(result(call(pool, "exit", 3, options)), is("internal", /exit code 3/));
    assert.equal(await result(call(pool, "echo", 1, options)), 1);
    assert.equal(pool.load.deaths, 1);
    await other.return(undefined);
  });

  Deno.test(`A rejection that nobody waits for in a ${kind} is reported, and the seat lives`, async () => {
    await using pool = open({ size: 1 });
    strays.length = 0;
    await result(call(pool, "lateRejection", null, options));
    await result(call(pool, "echo", 1, options));
    assert.match(String(strays[0]), /late/);
    assert.equal(pool.load.deaths, 0);
  });

  Deno.test(`Closing the ${kind} pool ends what runs and what waits, and takes no more`, async () => {
    const pool = open({ size: 1 });
    const running = call(pool, "untilClosed", null, options);
    await running.next();
    const ends = [running.next(), call(pool, "loop", null, options).next()].map((step) =>
      assert.rejects(step, is("offline"))
    );
    await pool.close();
    await Promise.all(ends);
    await assert.rejects(call(pool, "echo", 1, options).next(), is("offline"));
    assert.equal(pool.load.seats, 0);
    await pool.close();
  });
}
