import assert from "node:assert/strict";
import type { Row } from "./row.ts";
import { newId } from "./torture.ts";

/** Rows I, the second half: what handlers do to their server, and how much of it others feel. */
export const handlerRows: readonly Row[] = [
  {
    id: "I17",
    rule: "Whatever a handler throws is told as an id, is in the log once, and hurts nobody else",
    run: async (torture) => {
      const kinds = [
        "error",
        "text",
        "null",
        "undefined",
        "getter",
        "long",
        "circular",
        "aggregate",
        "promise",
        "abort",
        "proxy",
        "rejects",
        "odd cause",
      ];
      for (const kind of kinds) {
        const { code, outcome, frames } = await torture.call("throwErr", { text: kind });
        assert.equal(outcome, "failed", kind);
        assert.equal(code, "internal", kind);
        const said = JSON.stringify(frames);
        assert.ok(!/CANARY|secret|srv/.test(said), `${kind}: ${said.slice(0, 500)}`);
        assert.ok(said.length < 1024, kind);
        const id = /error ([0-9a-f]+)\)/.exec(said)?.[1];
        if (id === undefined) continue;
        const lines = torture.server.output().split("\n").filter((line) => line.includes(id));
        assert.equal(lines.length, 1, `${kind}: ${lines.join("\n").slice(0, 300)}`);
      }
      const { code, frames } = await torture.call("throwErr", { text: "fault" });
      assert.equal(code, "refused");
      assert.match(JSON.stringify(frames), /Not today/);
      assert.equal((await torture.call("echo", { text: "well" })).values.out, "well");
    },
  },
  {
    id: "I18",
    rule:
      "Handlers that hang are ended by their time limit, in workers, processes and on the loop, one after the other",
    run: async (torture) => {
      for (let round = 0; round < 2; round++) {
        const calls = ["hang", "hangProcess", "hangAsync"].map(async (action) => {
          const { code } = await torture.call(action);
          assert.equal(code, "timeout", action);
        });
        assert.equal((await torture.call("echo", { text: "well" })).values.out, "well");
        await Promise.all(calls);
      }
    },
  },
  {
    id: "I20",
    rule: "A handler that takes all memory ends alone, with its process",
    run: async (torture) => {
      const { code, frames } = await torture.call("oom");
      assert.ok(code === "internal" || code === "timeout", code);
      assert.match(JSON.stringify(frames), /memory/i);
      assert.equal((await torture.call("echo", { text: "well" })).values.out, "well");
    },
  },
  {
    id: "I21",
    rule: "A process that exits, is killed or writes junk ends its own call; after five deaths it rests",
    run: async (torture) => {
      const { values } = await torture.call("junk", { amount: 4_000_000 });
      assert.notEqual(values.out, "forged");
      const outcomes: (string | undefined)[] = [];
      for (
        const [action, amount] of [["exit", 0], ["exit", 1], ["die", 0], ["exit", 3], ["die", 0], [
          "exit",
          0,
        ]] as const
      ) {
        outcomes.push((await torture.call(action, action === "exit" ? { amount } : {})).code);
        assert.equal((await torture.call("echo", { text: "well" })).values.out, "well");
      }
      assert.ok(outcomes.every((code) => code === "internal" || code === "offline"), outcomes.join());
      assert.equal(outcomes[0], "internal");
      assert.equal(outcomes.at(-1), "offline", outcomes.join());
    },
  },
  {
    id: "I22",
    rule: "What breaks after its handler has ended is logged, and the server goes on",
    run: async (torture) => {
      assert.equal((await torture.call("rejectLater")).values.out, "begun");
      assert.equal((await torture.call("echo", { text: "well" })).values.out, "well");
    },
  },
  {
    id: "I24",
    rule:
      "A handler that never stops, and a reader that does, take no memory without bound, and none of the others' time",
    run: async (torture) => {
      const session = await torture.session();
      const id = newId();
      const before = await torture.count();
      const answer = await torture.start("genForever", {}, { session, id });
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      for (let at = 0; at < 20; at++) {
        assert.equal((await torture.call("echo", { text: `${at}` })).values.out, `${at}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const { heapBytes } = await torture.count();
      const grownMb = (heapBytes - before.heapBytes) / 2 ** 20;
      assert.ok(grownMb < 32, `the heap grew by ${Math.round(grownMb)} MiB`);
      assert.equal(await torture.cancel(id, session), 200);
      await reader.cancel();
    },
  },
  {
    id: "I29",
    rule: "A chain of 50 actions runs in its order, in one run",
    run: async (torture) => {
      const { values, frames, outcome } = await torture.call("link0");
      assert.equal(outcome, "done");
      assert.equal(values.out, Array.from({ length: 50 }, (_, at) => `${at} `).join(""));
      assert.equal(frames.filter(({ type }) => type === "started").length, 50);
    },
  },
  {
    id: "I33",
    rule: "A text of 200 MB is refused with a reason, and takes no memory that stays",
    run: async (torture) => {
      const before = await torture.count();
      const small = await torture.call("bigOutput", { amount: 100_000 });
      assert.equal(String(small.values.out).length, 100_000);
      const { code, outcome } = await torture.call("bigOutput", { amount: 200_000_000 });
      assert.equal(outcome, "failed");
      assert.ok(code === "too_large" || code === "bad_output", code);
      const { heapBytes } = await torture.count();
      assert.ok(heapBytes - before.heapBytes < 8 * 2 ** 20, `${heapBytes - before.heapBytes} bytes stay`);
    },
    lagMs: 3000,
  },
  {
    id: "I36",
    rule: "Two events of one session that end in the same turn are both heard, 300 times",
    run: async (torture) => {
      const session = await torture.session();
      for (let round = 0; round < 300; round++) {
        const both = await Promise.all(["a", "b"].map((text) => torture.call("echo", { text }, { session })));
        assert.deepEqual(both.map(({ values }) => values.out), ["a", "b"]);
      }
    },
  },
  {
    id: "I38",
    rule: "One call is served beside 60 of another session after one of its jobs",
    run: async (torture) => {
      const [many, one] = [await torture.session(), await torture.session()];
      let over = 0;
      const flood = Array.from(
        { length: 60 },
        () =>
          torture.call("single", { amount: 10 }, { session: many }).then(({ outcome }) => {
            assert.equal(outcome, "done");
            over++;
          }),
      );
      await torture.until(({ load }) => load.waiting >= 40);
      const before = over;
      assert.equal((await torture.call("single", { amount: 10 }, { session: one })).outcome, "done");
      // Those whose end was on its way here count as well.
      assert.ok(over - before <= 6, `${over - before} went before it`);
      await Promise.all(flood);
    },
  },
];
