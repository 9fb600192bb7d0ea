import assert from "node:assert/strict";
import { builtIn } from "@/components/mod.ts";
import type { ActionPlan } from "@/lib/value/page.ts";
import { amount } from "@/tests/effort.ts";
import { seeded } from "@/tests/fault_proxy.ts";
import { movedTo } from "./answers.ts";
import { keep, restore } from "./keep.ts";
import { openPage, type Sent, turn, type WiredPage } from "@/tests/wired_page.ts";

const modes = ["once", "multiple", "alwaysLast"] as const;

/** The events of all components, and those of every component that has a value. */
const kinds = [...new Set(builtIn.flatMap(({ events }) => Object.keys(events)))];

/** One row of the table. */
interface Row {
  readonly event: string;
  readonly mode: ActionPlan["mode"];
  /** What the person does in the field between the first event and its answer: the text that is there then. */
  readonly typed: string | undefined;
  /** Whether the event comes a second time after that, and with what detail: the first has 1. */
  readonly second: number | undefined;
  /** What the person types after that. */
  readonly after: string | undefined;
  /** The order in which the answers come, where two runs go on at once. */
  readonly order: "first" | "second";
}

function* rows(): Generator<Row> {
  for (const event of kinds) {
    // These come from what is typed, and are told apart below.
    if (event === "input" || event === "change") continue;
    for (const mode of modes) {
      for (const typed of [undefined, "b"]) {
        for (const second of [undefined, 1, 2]) {
          for (const after of [undefined, "c"]) {
            for (const order of ["first", "second"] as const) {
              yield { event, mode, typed, second, after, order };
            }
          }
        }
      }
    }
  }
}

/** A field that its own action fills in capitals, and one that says what the action was sent. */
function capitals(event: string, mode: ActionPlan["mode"]): WiredPage {
  return openPage({ it: "", out: "" }, {
    act: { when: [`it:${event}`], takes: { it: "it" }, gives: ["it", "out"], mode },
    told: { when: ["it:change"], mode: "multiple" },
  });
}

const takenBy = ({ body }: Sent) => (body.input as { it: string }).it;
const ofAct = ({ sent }: WiredPage) => sent.filter(({ body }) => body.action === "act");

async function answer(sent: Sent): Promise<void> {
  const text = takenBy(sent);
  await sent.give({ it: text.toUpperCase(), out: `got ${text}` });
  await sent.done();
}

/** Answers what is sent until there is nothing more: of two that wait, the first or the second one. */
async function answerAll(page: WiredPage, order: Row["order"]): Promise<void> {
  const answered = new Set<Sent>();
  for (;;) {
    await turn();
    const open = page.sent.filter((sent) => !answered.has(sent) && sent.body.action !== undefined);
    const next = order === "first" ? open[0] : open.at(-1);
    if (next) {
      answered.add(next);
      await (next.body.action === "act" ? answer(next) : next.done());
    } else if (page.session.going.size === 0) return;
  }
}

Deno.test("An answer against what the person does: each event, each trigger mode, each order", async (t) => {
  let count = 0;
  for (const event of kinds) {
    await t.step(event, async () => {
      for (const row of rows()) {
        if (row.event !== event) continue;
        count++;
        const { mode, typed, second, after, order } = row;
        using page = capitals(event, mode);
        page.session.set("it", "a");
        page.session.raise("it", event, 1);
        if (typed !== undefined) page.session.set("it", typed);
        if (second !== undefined) page.session.raise("it", event, second);
        if (after !== undefined) page.session.set("it", after);
        await answerAll(page, order);

        const isNew = typed !== undefined || second === 2;
        const runsAgain = second !== undefined && (mode !== "once" || isNew);
        const shown = after ?? typed ?? "a";
        const last = !runsAgain ? "a" : mode === "multiple"
          ? typed ?? "a"
          // It begins when the first one is over, with what is shown then.
          : after ?? typed ?? "A";
        const isSentAsShown = runsAgain ? mode !== "multiple" || after === undefined : shown === "a";
        assert.deepEqual(
          { it: page.shown("it"), out: page.shown("out"), taken: ofAct(page).map(takenBy) },
          {
            it: isSentAsShown ? shown.toUpperCase() : shown,
            out: `got ${last}`,
            taken: runsAgain ? ["a", last] : ["a"],
          },
          JSON.stringify(row),
        );
        const events = ofAct(page).map(({ body }) => (body.event as { detail: number }).detail);
        assert.deepEqual(events, runsAgain ? [1, second] : [1], JSON.stringify(row));
      }
    });
  }
  assert.ok(count > 500, `${count} rows`);
});

/** Letters that are typed, and between them answers: of one that waits, by its place. */
type Step = { readonly type: string } | { readonly answer: number };

for (const event of ["input", "change"]) {
  for (const mode of modes) {
    Deno.test(`No letter is lost, and the last is sent, while answers come: ${event}, ${mode}`, async () => {
      const all = [...interleaved("abcd", 3)];
      const random = seeded(event.length + mode.length);
      const few = Array.from({ length: 60 }, () => all[Math.floor(random() * all.length)] as Step[]);
      for (const steps of amount({ gate: 0, proof: 1 }) ? all : few) {
        using page = capitals(event, mode);
        const answered = new Set<Sent>();
        let text = "";
        for (const step of steps) {
          if ("type" in step) {
            // The person types at the end of what is shown.
            text = `${page.shown("it")}${step.type}`;
            page.session.set("it", text);
          } else {
            await turn();
            const open = ofAct(page).filter((sent) => !answered.has(sent));
            const next = open[step.answer % Math.max(open.length, 1)];
            if (next) {
              answered.add(next);
              await answer(next);
            }
          }
        }
        await finish(page, answered);
        const why = JSON.stringify(steps);
        assert.equal(page.shown("it"), "ABCD", why);
        assert.equal(`${page.shown("out")}`.toUpperCase(), "GOT ABCD", why);
      }
    });
  }
}

async function finish(page: WiredPage, answered: Set<Sent>): Promise<void> {
  for (;;) {
    await turn();
    const next = page.sent.find((sent) => !answered.has(sent));
    if (next) {
      answered.add(next);
      await (next.body.action === "act" ? answer(next) : next.done());
    } else if (page.session.going.size === 0) return;
  }
}

/** All ways to put so many answers between letters; those that come together, in both orders. */
function* interleaved(letters: string, answers: number): Generator<Step[]> {
  const places = letters.length;
  for (let code = 0; code < (places * 2) ** answers; code++) {
    const at: Step[][] = Array.from(letters, () => []);
    for (let i = 0, rest = code; i < answers; i++, rest = Math.floor(rest / (places * 2))) {
      at[Math.floor(rest % (places * 2) / 2)]?.push({ answer: rest % 2 });
    }
    yield Array.from(letters, (type, place) => [{ type }, ...at[place] as Step[]]).flat();
  }
}

Deno.test("Of two fields that convert each other by change, the one that is typed in stays as typed", async () => {
  const rate = { f: (c: number) => c * 9 / 5 + 32, c: (f: number) => (f - 32) * 5 / 9 };
  for (
    const [typed, other, keys, right] of [
      ["c", "f", ["3", "36", "36.6"], { c: 36.6, f: 36.6 * 9 / 5 + 32 }],
      ["f", "c", ["9", "98", "98.6", "98.61"], { f: 98.61, c: (98.61 - 32) * 5 / 9 }],
    ] as const
  ) {
    for (const answersBetween of [0, 1, 2, 3]) {
      for (const mode of modes) {
        using page = openPage({ c: null, f: null }, {
          f: { when: ["c:change"], takes: { x: "c" }, gives: ["f"], mode },
          c: { when: ["f:change"], takes: { x: "f" }, gives: ["c"], mode },
        });
        const answered = new Set<Sent>();
        const answerOne = async () => {
          await turn();
          const next = page.sent.find((sent) => !answered.has(sent));
          if (!next) return page.session.going.size > 0;
          answered.add(next);
          const to = next.body.action as "c" | "f";
          await next.give({ [to]: rate[to]((next.body.input as { x: number }).x) });
          await next.done();
          return true;
        };
        for (const key of keys) {
          page.session.set(typed, Number(key));
          for (let i = 0; i < answersBetween; i++) await answerOne();
          assert.equal(page.shown(typed), Number(key), `${mode}, ${answersBetween}`);
        }
        while (await answerOne());
        assert.deepEqual({ [typed]: page.shown(typed), [other]: page.shown(other) }, right);
      }
    }
  }
});

Deno.test("What is added to text, or changed in a value, goes to what the run gave, not to what the person typed", async () => {
  using page = openPage({ it: "", list: null }, { act: { when: ["it:submit"], gives: ["it", "list"] } });
  const { session } = page;
  session.raise("it", "submit");
  await page.until(1);
  const [run] = page.sent as [Sent];
  await run.give({ it: "one", list: { a: [1] } });
  assert.deepEqual([page.shown("it"), page.shown("list")], ["one", { a: [1] }]);
  session.set("it", "mine");
  await run.give({ it: " two" }, { mode: "append" });
  await run.give({ list: [["add", ["a", 1], 2]] }, { mode: "patch" });
  assert.deepEqual([page.shown("it"), page.shown("list")], ["mine", { a: [1, 2] }]);
  session.set("list", null);
  await run.give({ list: [["add", ["a", 2], 3]], it: [["append", [], " three"]] }, { mode: "patch" });
  assert.deepEqual([page.shown("it"), page.shown("list")], ["mine", null]);
  assert.deepEqual([...session.going][0]?.given, { it: "one two three", list: { a: [1, 2, 3] } });
  await run.done();
});

Deno.test("Props of an answer count where its value does not, and an answer that is not written raises no change", async () => {
  using page = openPage({ it: "a" }, {
    act: { when: ["it:submit"], takes: { it: "it" }, gives: ["it"] },
    told: { when: ["it:change"], takes: { it: "it" }, mode: "multiple" },
  });
  const { session } = page;
  session.raise("it", "submit");
  session.set("it", "mine");
  await page.until(2);
  await page.sent[0]?.give({ it: "A" }, { props: { it: { label: "New", lines: 2 } } });
  assert.equal(page.shown("it"), "mine");
  assert.deepEqual(session.field("it").props.peek(), { label: "New", lines: 2 });
  await page.sent[0]?.done();
  assert.deepEqual(page.sent.map(({ body }) => body.action), ["act", "told"]);
  // The next event sends what is shown.
  session.raise("it", "submit");
  await page.until(3);
  assert.deepEqual(page.sent[2]?.body.input, { it: "mine" });
  await page.sent[2]?.give({ it: "mine" });
  await page.sent[2]?.done();
  assert.equal(page.sent.length, 3);
  await page.sent[1]?.done();
});

Deno.test("Of two runs of one action the later start wins each field and each prop that it gives, in any order", async () => {
  using page = openPage({ go: null, a: "", b: "" }, {
    act: { when: ["go:click"], gives: ["a", "b"], mode: "multiple" },
  });
  const { session } = page;
  for (let i = 0; i < 3; i++) session.raise("go", "click");
  await page.until(3);
  const [first, second, third] = page.sent as [Sent, Sent, Sent];
  await second.give({ a: "second" }, { props: { b: { label: "second" } } });
  await first.give({ a: "first", b: "first" }, { props: { b: { label: "first", info: "first" } } });
  assert.deepEqual([page.shown("a"), page.shown("b")], ["second", "first"]);
  assert.deepEqual(session.field("b").props.peek(), { label: "second", info: "first" });
  await third.give({ a: "third" });
  await second.give({ a: " and on" }, { mode: "append" });
  await third.give({ a: " goes on" }, { mode: "append" });
  assert.equal(page.shown("a"), "third goes on");
  for (const run of page.sent) await run.done();
});

Deno.test("What the change of an answer starts is no newer than the event that began it all", async () => {
  using page = openPage({ go: null, a: "", it: "" }, {
    first: { when: ["go:click"], gives: ["a"] },
    next: { when: ["a:change"], takes: { a: "a" }, gives: ["it"], mode: "alwaysLast" },
  });
  page.session.raise("go", "click");
  await page.until(1);
  page.session.set("it", "mine");
  await page.sent[0]?.give({ a: "given" });
  await page.until(2);
  await page.sent[1]?.give({ it: "over it" });
  assert.equal(page.shown("it"), "mine");
  for (const run of page.sent) await run.done();
});

Deno.test("A chat: what is typed while the message is answered stays, and Enter sends it next", async () => {
  for (const mode of modes) {
    using page = openPage({ message: "", talk: "" }, {
      act: { when: ["message:submit"], takes: { message: "message" }, gives: ["message", "talk"], mode },
    });
    const { session } = page;
    const takenOf = (at: number) => (page.sent[at]?.body.input as { message: string }).message;
    session.set("message", "first");
    session.raise("message", "submit");
    await page.until(1);
    for (const text of ["", "s", "se"]) session.set("message", text);
    await page.sent[0]?.give({ message: "", talk: "first" });
    session.set("message", "second");
    session.raise("message", "submit");
    if (mode === "multiple") await page.until(2);
    await page.sent[0]?.done();
    await page.until(2);
    assert.equal(takenOf(1), "second");
    await page.sent[1]?.give({ message: "", talk: "second" });
    await page.sent[1]?.done();
    assert.deepEqual([page.shown("message"), page.shown("talk"), page.sent.length], ["", "second", 2]);
  }
});

Deno.test("once: a second Enter that brings nothing new is dropped, though the run has emptied the box meanwhile", async () => {
  using page = openPage({ message: "" }, {
    act: { when: ["message:submit"], takes: { message: "message" }, gives: ["message"] },
  });
  page.session.set("message", "hello");
  page.session.raise("message", "submit");
  await page.until(1);
  await page.sent[0]?.give({ message: "" });
  page.session.raise("message", "submit");
  await page.sent[0]?.done();
  await turn();
  assert.equal(page.sent.length, 1);
});

/** Runs a function with as much of a document as keeping and restoring a page asks for. */
function withDocument<T>(run: () => T): T {
  const { document, location } = globalThis;
  const control = { matches: () => false };
  const part = { getElementsByName: () => [], querySelector: () => null, getElementById: () => control };
  Object.assign(globalThis, { document: part, location: { search: "" } });
  try {
    return run();
  } finally {
    Object.assign(globalThis, { document, location });
  }
}

/** Leaves a page and opens it again. What the browser puts back is written before the page knows where it was. */
function reload(
  page: WiredPage,
  open: () => WiredPage,
  typed: Readonly<Record<string, string>> = {},
): WiredPage {
  withDocument(() => keep(page.session));
  withDocument(() => dispatchEvent(new Event("pagehide")));
  const kept = sessionStorage.getItem(page.session.notes);
  page[Symbol.dispose]();
  for (const going of page.session.going) {
    going.over = true;
    going.end?.();
  }
  const next = open();
  for (const [id, text] of Object.entries(typed)) next.session.set(id, text);
  withDocument(() => restore(next.session, kept));
  return next;
}

Deno.test("After a reload an answer counts where nothing was changed since its event, before or after the reload", async () => {
  const open = () =>
    openPage({ a: "", b: "", c: "", go: null }, {
      act: { when: ["go:click"], takes: { a: "a" }, gives: ["a", "b", "c"] },
    });
  const before = open();
  before.session.set("a", "hello");
  before.session.set("b", "old");
  before.session.raise("go", "click");
  await before.until(1);
  await before.sent[0]?.give({ c: "one" });
  before.session.set("b", "mine");
  await before.sent[0]?.give({ b: "two" });
  // The browser puts back what was in `a`; the person has typed in `c` since.
  using after = reload(before, open, { a: "hello", c: "new" });
  await after.until(1);
  assert.deepEqual(after.sent[0]?.body.resume, before.sent[0]?.body.id);
  assert.equal(after.sent[0]?.body.after, 2);
  await after.sent[0]?.give({ a: "HELLO" });
  await after.sent[0]?.give({ b: " and on", c: " and on" }, { mode: "append" });
  assert.deepEqual(["a", "b", "c"].map(after.shown), ["HELLO", "mine", "new"]);
  assert.deepEqual([...after.session.going][0]?.given, { a: "HELLO", b: "two and on", c: "one and on" });
  await after.sent[0]?.done();
});

Deno.test("After a reload the later of two runs still wins, and what followed an answer is no newer than that", async () => {
  const open = () =>
    openPage({ go: null, out: "", it: "", echo: "" }, {
      act: { when: ["go:click"], gives: ["out"], mode: "multiple" },
      back: { when: ["echo:change"], gives: ["it"], mode: "multiple" },
      there: { when: ["it:change"], gives: ["echo"], mode: "multiple" },
    });
  const before = open();
  const { session } = before;
  session.raise("go", "click");
  session.raise("go", "click");
  session.set("it", "typed");
  await before.until(3);
  await before.sent[1]?.give({ out: "later" });
  await before.sent[2]?.give({ echo: "echo" });
  await before.until(4);
  using after = reload(before, open);
  await after.until(4);
  const of = (at: number) => after.sent.find(({ body }) => body.resume === before.sent[at]?.body.id);
  await of(0)?.give({ out: "earlier" });
  await of(3)?.give({ it: "back" });
  assert.deepEqual([after.shown("out"), after.shown("it")], ["later", "typed"]);
  for (const run of after.sent) await run.done();
});

Deno.test("What a run gives is not shown once it is stopped, even if it came before", async () => {
  using page = openPage({ go: null, out: "" }, { act: { when: ["go:click"], gives: ["out"] } });
  const { session } = page;
  session.raise("go", "click");
  await page.until(1);
  const [going] = session.going;
  assert.ok(going);
  const frame = {
    type: "output",
    action: "act",
    values: { out: "late" },
    mode: "set",
    run: "run",
    seq: 1,
  } as const;
  const taken = session.apply(going, frame);
  session.cancel("act");
  await taken;
  assert.equal(page.shown("out"), "");
  await page.until(2);
  assert.equal(page.sent[1]?.body.cancel, going.id);
});

for (
  const [at, from, to, expected] of [
    [4, "abxzcdef", "abyzcdef", 4],
    [2, "abcd", "abxxcd", 2],
    [3, "abcd", "abxxcd", 5],
    [4, "abcd", "ABCD", 4],
    [2, "abcd", "ABCD", 2],
    [3, "abc", "abcdef", 3],
    [5, "hello", "", 0],
    [3, "hello", "h", 1],
    [0, "hello", "HELLO!", 0],
  ] as const
) {
  Deno.test(`movedTo() keeps the caret where it was: ${at} of "${from}" is ${expected} of "${to}"`, () => {
    assert.equal(movedTo(at, from, to), expected);
  });
}
