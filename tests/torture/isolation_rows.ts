import assert from "node:assert/strict";
import { seeded } from "@/tests/fault_proxy.ts";
import type { Row } from "./row.ts";
import { newId, outcomeOf, readAll, type Torture } from "./torture.ts";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

/** Rows H: what one session has is not there for another. */
export const isolationRows: readonly Row[] = [
  {
    id: "H01",
    rule: "60 sessions count to 30 at once, each on its own",
    run: async (torture) => {
      const random = seeded(1);
      const sessions = await Promise.all(Array.from({ length: 60 }, () => torture.session()));
      const order = sessions.flatMap((session) => Array.from({ length: 30 }, () => session))
        .map((session) => ({ session, at: random() })).sort((a, b) => a.at - b.at);
      const most = new Map<string, number>();
      await Promise.all(Array.from({ length: 8 }, async () => {
        for (let next = order.pop(); next; next = order.pop()) {
          const { session } = next;
          const { values } = await torture.call("count", {}, { session });
          most.set(session, Math.max(most.get(session) ?? 0, Number(values.out)));
        }
      }));
      assert.deepEqual([...most.values()], sessions.map(() => 30));
    },
  },
  {
    id: "H02",
    rule: "What a handler does to a session's first value is not seen by another",
    run: async (torture) => {
      const [first, second] = [await torture.session(), await torture.session()];
      await torture.call("push", { text: "mine" }, { session: first });
      const { values } = await torture.call("push", { text: "yours" }, { session: second });
      assert.deepEqual(values.result, ["first", "yours"]);
      const again = await torture.call("push", { text: "more" }, { session: first });
      assert.deepEqual(again.values.result, ["first", "mine", "more"]);
    },
  },
  {
    id: "H04",
    rule: "50 streams of marked texts, cut and read on at random, hold their own marks alone",
    run: async (torture) => {
      const random = seeded(4);
      await Promise.all(Array.from({ length: 50 }, async (_, user) => {
        const mark = `<user ${user}>`;
        const session = await torture.session();
        const frames: Frame[] = [];
        const id = newId();
        let answer = await torture.start("stream", { text: mark, amount: 60, pause: 2 }, { session, id });
        while (frames.at(-1)?.type !== "done") {
          const most = frames.length + 1 + Math.floor(random() * 60);
          for await (const frame of readFrames(answer.body as ReadableStream<Uint8Array>)) {
            assert.equal(frame.seq, frames.length + 1, mark);
            frames.push(frame);
            if (frames.length >= most) break;
          }
          if (frames.at(-1)?.type === "done") break;
          answer = await torture.post({ resume: id, after: frames.length, session });
        }
        const { values } = outcomeOf(frames);
        assert.equal(values.out, Array.from({ length: 60 }, (_, at) => `${mark}${at} `).join(""));
      }));
    },
  },
  {
    id: "H06",
    rule: "A file of somebody else is no input: it is not known",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const ref = await upload(torture, bob);
      assert.equal((await torture.call("look", { picture: ref }, { session: bob })).outcome, "done");
      const taken = await torture.call("look", { picture: ref }, { session: alice });
      assert.equal(taken.code, "bad_input");
      assert.deepEqual(taken.values, {});
      const made = await torture.call("look", { picture: { ...ref, id: "A".repeat(22) } }, {
        session: alice,
      });
      assert.equal(made.code, "bad_input");
    },
  },
  {
    id: "H08",
    rule: "What a page says of a file's name, size and type does not count",
    run: async (torture) => {
      const bob = await torture.session();
      const ref = await upload(torture, bob);
      const forged = { ...ref, name: "../../forged.html", size: 1e9, mime: "text/html", url: "/elsewhere" };
      const { values, code } = await torture.call("look", { picture: forged }, { session: bob });
      if (code === undefined) {
        assert.deepEqual(values.result, { name: ref.name, size: ref.size, type: ref.mime });
      } else assert.equal(code, "bad_input");
    },
  },
  {
    id: "H09",
    rule: "Nobody else can cancel or read a run, by its id or by the id of its call",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const id = newId();
      const answer = await torture.start("stream", { text: "x", amount: 20, pause: 5 }, { session: bob, id });
      const run = answer.headers.get("atoll-run") ?? id;
      for (const one of [id, run]) {
        assert.equal(await torture.cancel(one, alice), 404);
        assert.equal((await torture.resume(one, 0, alice)).status, 404);
      }
      // The same id in another session is another call.
      const own = await torture.call("echo", { text: "alice" }, { session: alice, id });
      assert.equal(own.values.out, "alice");
      const { frames, outcome } = await readAll(answer);
      assert.equal(outcome, "done");
      const real = frames[0]?.run ?? "";
      assert.equal((await torture.resume(real, 0, alice)).status, 404);
      assert.equal(await torture.cancel(real, alice), 404);
      assert.equal((await torture.resume(real, 0, bob)).frames.length, frames.length);
    },
  },
  {
    id: "H10",
    rule: "Reading on from anywhere gives one's own frames or a refusal",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const id = newId();
      const { frames } = await torture.call("echo", { text: "hers" }, { session: alice, id });
      for (const [after, count] of [[0, 3], [2, 1], [3, 0], [1e15, 0]] as const) {
        const read = await torture.resume(id, after, alice);
        assert.equal(read.status, 200);
        assert.equal(read.frames.length, count, `after ${after}`);
      }
      for (const after of [-1, 1.5, "x", null, [], {}, 1e400, "1"]) {
        const { status } = await torture.resume(id, after, alice);
        if (after === null || after === Infinity) continue;
        assert.equal(status, 400, `after ${JSON.stringify(after)}`);
      }
      for (const run of [frames[0]?.run, id, "", "..", "x".repeat(5000), 7, {}]) {
        assert.equal((await torture.resume(run as string, 0, bob)).status, 404, String(run).slice(0, 20));
      }
    },
  },
  {
    id: "H13",
    rule: "What one sends as host, proxy's words, language or theme is not in the pages of others",
    run: async (torture) => {
      const plain = async () => blank(await (await torture.fetch("/torture")).text());
      const before = await plain();
      const evil = "evil.example";
      await Promise.all(Array.from({ length: 100 }, async (_, at) => {
        const answer = await torture.fetch("/torture?theme=dark&__theme=evil", {
          headers: {
            "x-forwarded-host": evil,
            "x-forwarded-proto": "https",
            "x-forwarded-prefix": `//${evil}`,
            "x-original-url": `//${evil}/`,
            forwarded: `host=${evil}`,
            "accept-language": at % 2 ? "de" : "xx",
          },
        });
        assert.ok(!(await answer.text()).includes(evil));
        if (at % 10 === 0) assert.equal(await plain(), before);
      }));
      assert.equal(await plain(), before);
    },
  },
  {
    id: "H14",
    rule: "What a module keeps is not state: a session's own value is untouched by what others leave there",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      await torture.call("count", {}, { session: alice });
      for (let at = 0; at < 6; at++) {
        const { values, outcome } = await torture.call("remember", { text: `${at}` }, { session: bob });
        assert.equal(outcome, "done");
        // Whatever the worker that took it had kept: of these two sessions, or nothing.
        assert.match(String(values.out ?? ""), /^(\d? of [\w-]+)?$/);
      }
      assert.equal((await torture.call("count", {}, { session: alice })).values.out, "2");
      assert.equal((await torture.call("count", {}, { session: bob })).values.out, "1");
    },
  },
  {
    id: "H17",
    rule: "500 handlers at once see their own session and request, over every wait",
    run: async (torture) => {
      const sessions = await Promise.all(Array.from({ length: 20 }, () => torture.session()));
      await Promise.all(Array.from({ length: 500 }, async (_, at) => {
        const session = sessions[at % 20] as string;
        const { values } = await torture.call("who", { pause: at % 7 }, {
          session,
          headers: { "x-mark": `mark ${at}` },
        });
        assert.deepEqual(values.result, { session: session.split(".")[0], mark: `mark ${at}` });
      }));
    },
  },
];

async function upload(torture: Torture, session: string): Promise<Record<string, unknown>> {
  const answer = await torture.fetch("/torture/files", {
    method: "POST",
    headers: { "atoll-session": session, "content-type": "image/png", "atoll-name": "pixel.png" },
    body: Uint8Array.fromBase64(PIXEL),
  });
  const ref = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(ref));
  return ref;
}

/** A page without what is another at each request. */
function blank(html: string): string {
  const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  return html.replaceAll(token, "").replace(/nonce="[^"]*"/g, "");
}
