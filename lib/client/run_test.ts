import assert from "node:assert/strict";
import type { JsonObject } from "@/lib/value/json.ts";
import { EVENT_STREAM, writeFrame } from "@/lib/wire/event_stream.ts";
import { follow, type Follower, type Going } from "./run.ts";

const plan = { when: [], takes: {}, rest: [], gives: ["b"], mode: "once", cancels: [] } as const;
const log = (text: string) => ({ type: "log", level: "info", text }) as const;
const done = { type: "done", outcome: "done", ms: 1 } as const;
const body = { id: "x", action: "act" };

/** A page whose server answers as it is told, one answer after another; `undefined` is a broken connection. */
function page(answers: (Response | undefined)[], follower: Partial<Follower> = {}) {
  const sent: JsonObject[] = [];
  const taken: number[] = [];
  const shown: (string | undefined)[] = [];
  const going: Going = {
    id: "x",
    key: "act",
    plan,
    seq: 0,
    status: { phase: "running" },
    raised: { id: "a" },
    at: 1,
    given: {},
    late: new Set(),
  };
  let [end, reconnects]: [Going["end"], boolean] = [undefined, false];
  Object.defineProperty(going, "end", {
    get: () => end,
    set: (next: () => void) => {
      end = next;
      // The pause before the next try: it is over at once.
      if (reconnects) queueMicrotask(next);
      reconnects = false;
    },
  });
  const all: Follower = {
    post: (body) => {
      sent.push(body);
      const answer = answers.shift();
      return answer ? Promise.resolve(answer) : Promise.reject(new TypeError("broken"));
    },
    apply: (_, { seq }) => void taken.push(seq),
    waits: (_, message) => {
      shown.push(message);
      reconnects = message !== undefined;
    },
    ...follower,
  };
  return { all, going, sent, taken, shown };
}

const eventStream = { headers: { "content-type": EVENT_STREAM } };

const frames = (...seqs: (number | "done")[]) =>
  new Response(
    seqs.map((seq, i) =>
      seq === "done"
        ? writeFrame(done, "run", (seqs[i - 1] as number) + 1)
        : writeFrame(log(`${seq}`), "run", seq)
    ).join(""),
    eventStream,
  );

const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: code } }, { status });

Deno.test("follow() takes each frame once, in order, and asks for what a gap leaves out", async () => {
  const { all, going, sent, taken, shown } = page([
    frames(1, 2, 2, 1, 3),
    frames(4, 6),
    frames(3, 4, 5, 6, "done"),
  ]);
  assert.equal(await follow(all, going, body), undefined);
  assert.deepEqual(taken, [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(sent, [body, { resume: "x", after: 3 }, { resume: "x", after: 4 }]);
  assert.deepEqual(shown, ["Reconnecting", undefined, "Reconnecting", undefined]);
});

Deno.test("follow() sends the event again, as it was, until there is a frame of it", async () => {
  const { all, going, sent } = page([
    undefined,
    new Response("Bad gateway", { status: 502 }),
    frames(1, "done"),
  ]);
  assert.equal(await follow(all, going, body), undefined);
  assert.deepEqual(sent, [body, body, body]);
});

Deno.test("follow() gives what the server refuses at first, and tries again what it refuses later", async () => {
  const refused = page([refusal(422, "bad_input")]);
  assert.equal((await follow(refused.all, refused.going, body))?.code, "bad_input");
  const busy = page([frames(1), refusal(503, "queue_full"), frames(2, "done")]);
  assert.equal(await follow(busy.all, busy.going, body), undefined);
  assert.deepEqual(busy.taken, [1, 2, 3]);
});

Deno.test("follow() gives up when the server does not know the run any more", async () => {
  for (const [status, code] of [[404, "not_found"], [410, "expired"]] as const) {
    const { all, going } = page([frames(1), refusal(status, code)]);
    assert.match((await follow(all, going, body))?.message ?? "", /This run is no longer available/);
  }
  // Nothing of it was ever seen: there is nothing to miss.
  const { all, going } = page([refusal(404, "not_found")]);
  assert.equal(await follow(all, going), undefined);
});

Deno.test("follow() gives up when the server will not let the page read the run any more", async () => {
  for (const code of ["unauthorized", "forbidden"] as const) {
    const status = code === "unauthorized" ? 401 : 403;
    const { all, going, sent } = page([
      frames(1),
      new Response("a proxy", { status }),
      refusal(status, code),
    ]);
    assert.equal((await follow(all, going, body))?.code, code);
    assert.equal(sent.length, 3);
  }
  const { all, going } = page([frames(1), refusal(429, "rate_limited"), frames(2, "done")]);
  assert.equal(await follow(all, going, body), undefined);
});

Deno.test("follow() asks again for a frame that the page could not take, but not for ever", async () => {
  let broken = 2;
  const mended = page([frames(1, "done"), frames(1, "done"), frames(1, "done")], {
    apply: () => broken-- > 0 ? Promise.reject(new TypeError("no script")) : undefined,
  });
  assert.equal(await follow(mended.all, mended.going, body), undefined);
  assert.equal(mended.going.seq, 2);
  const stuck = page(Array.from({ length: 20 }, () => frames(1)), {
    apply: () => Promise.reject(new TypeError("no script")),
  });
  const fault = await follow(stuck.all, stuck.going, body);
  assert.deepEqual(fault, {
    code: "expired",
    message: "Part of this page could not be loaded. Reload the page",
  });
  assert.equal(stuck.sent.length, 4);
});

Deno.test("follow() ends at once when nobody wants to hear of the run any more", async () => {
  const { all, going, taken } = page([frames(1, 2, "done")], {
    apply: (going) => {
      going.over = true;
      going.end?.();
    },
  });
  assert.equal(await follow(all, going, body), undefined);
  assert.deepEqual(taken, []);
  assert.equal(going.seq, 1);
});

for (
  const [what, answer] of [
    [
      "a page of somebody else",
      () => new Response("<p>Sign in", { headers: { "content-type": "text/html" } }),
    ],
    ["a line of somebody else", () => new Response("OK")],
    ["an answer without a body", () => new Response(null, { status: 204 })],
    ["an empty answer", () => new Response("")],
    ["bytes", () => new Response("\0", { headers: { "content-type": "application/octet-stream" } })],
    ["frames that are none", () => new Response("id: run/1\ndata: {broken\n\n", eventStream)],
  ] as const
) {
  Deno.test(`follow() gives up on ${what}, in the server's place, and says so`, async () => {
    const { all, going, sent } = page(Array.from({ length: 30 }, answer));
    const fault = await follow(all, going, body);
    assert.match(fault?.message ?? "", /other than the server/);
    assert.equal(sent.length, 10);
  });
}
