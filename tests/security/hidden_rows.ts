import assert from "node:assert/strict";
import { newId } from "@/tests/torture/torture.ts";
import { calls, unrun } from "./api_rows.ts";
import type { SecurityRow } from "./security_row.ts";

const page = "/asked";

/** Rows G21 to G29 and H12: what programs may not choose, see or share. */
export const hiddenRows: readonly SecurityRow[] = [
  {
    id: "G21",
    rule: "what nobody can change on the page is what its author said, whatever a client sends for it",
    run: async (torture) => {
      const session = await torture.session();
      const right = { fixed: "the author's", unseen: "nobody's", held: "the server's", text: "mine" };
      const input = { fixed: "forged", unseen: "forged", held: "forged", text: "mine" };
      const direct = await torture.call("unchangeable", input, { session, page });
      assert.deepEqual(direct.values.out, right);
      const resting = await torture.post({
        action: "unchangeable",
        input: { text: "mine" },
        rest: input,
        session,
      }, { page });
      assert.doesNotMatch(await resting.text(), /forged/);
      const form = new FormData();
      for (const [name, value] of Object.entries({ $session: session, "$run.unchangeable": "", ...input })) {
        form.set(name, value);
      }
      const html = await (await torture.fetch(page, { method: "POST", body: form })).text();
      assert.doesNotMatch(html, /forged/);
    },
  },
  {
    id: "G22",
    rule: "a state that a client sends is not looked at",
    run: async (torture) => {
      const session = await torture.session();
      for (let at = 1; at <= 3; at++) {
        const { values } = await torture.call("count", { counted: 1000 }, { session });
        assert.equal(values.out, `${at}`);
      }
      const { values } = await torture.call("push", { listed: ["forged"], text: "x" }, { session });
      assert.deepEqual(values.result, ["first", "x"]);
    },
  },
  {
    id: "G24",
    rule: "what is private, of another role, or found by number is not there, and the answer is the same",
    run: unrun(async (torture) => {
      const session = await torture.session();
      const answers = new Set<string>();
      const names = [
        "nope",
        "privateFn",
        "staff",
        "called",
        "fn",
        "0",
        "1",
        "-1",
        "",
        "on",
        "text ",
        "TEXT",
        "_text",
      ];
      const inherited = [
        "constructor",
        "toString",
        "valueOf",
        "__defineGetter__",
        "hasOwnProperty",
        "then",
        "moveToCache",
      ];
      for (const action of [...names, ...inherited]) {
        const answer = await torture.post({ action, input: {}, session }, { page });
        assert.equal(answer.status, 404, action);
        answers.add(await answer.text());
      }
      for (const action of [0, 1, null, {}, [], ["text"], true]) {
        const answer = await torture.post({ action, input: {}, session }, { page });
        assert.equal(answer.status, 404, JSON.stringify(action));
        answers.add(await answer.text());
      }
      assert.equal(answers.size, 1, [...answers].join());
      const html = await (await torture.fetch(page)).text();
      assert.doesNotMatch(html, /privateFn|"staff"|run\.staff/);
    }),
  },
  {
    id: "G26",
    rule: "a page tells a program what it needs to call, and nothing that is private",
    run: async (torture) => {
      const html = await (await torture.fetch(page)).text();
      assert.match(html, /atoll-demo/);
      assert.doesNotMatch(
        html,
        /CANARY|staff|privateFn|the server's|\/home\/|\.tsx?"|node_modules|\d+\.\d+\.\d+\.\d+/,
      );
      for (const name of ["zod", "preact@", "deno/", "fresh@", "sharp"]) {
        assert.ok(!html.includes(name), name);
      }
    },
  },
  {
    id: "G29",
    rule: "an id that is used again is the same call, of the same session alone, whatever comes with it",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const id = newId();
      const before = await calls(torture);
      const ask = (session: string, text: string) => torture.call("text", { text }, { session, page, id });
      assert.equal((await ask(alice, "first")).values.out, "first");
      assert.equal((await ask(alice, "first")).values.out, "first");
      assert.equal(await calls(torture) - before, 1);
      const other = await ask(alice, "second");
      assert.ok(other.status === 409 || other.values.out === "first", JSON.stringify(other.values));
      assert.equal(await calls(torture) - before, 1);
      assert.equal((await ask(bob, "third")).values.out, "third");
      assert.equal(await calls(torture) - before, 2);
      for (const id of ["", "x", "A".repeat(23), 7, {}, "../".repeat(7), `${"A".repeat(21)}\n`]) {
        const answer = await torture.post({ action: "text", input: { text: "x" }, session: alice, id }, {
          page,
        });
        assert.equal(answer.status, 400, JSON.stringify(id));
        await answer.body?.cancel();
      }
    },
  },
  {
    id: "H12",
    rule: "an answer that is remembered for a session is not told to another, whose call runs",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const before = await calls(torture);
      const ask = (session: string) => torture.call("remembered", { text: "secret" }, { session, page });
      for (const [session, count] of [[alice, 1], [alice, 1], [bob, 2], [alice, 2], [bob, 2]] as const) {
        assert.equal((await ask(session)).values.out, "remembered secret");
        assert.equal(await calls(torture) - before, count);
      }
    },
  },
];
