import assert from "node:assert/strict";
import { startFaultProxy } from "@/tests/fault_proxy.ts";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import type { Row } from "./row.ts";
import { newId, outcomeOf, readAll } from "./torture.ts";

/** Rows I, the first half: queue, events and streams. */
export const queueRows: readonly Row[] = [
  {
    id: "I01",
    rule: "20 users with 20 echoes each beside 20 streams of 100 texts all come to an end",
    run: async (torture) => {
      const echoes = Array.from({ length: 20 }, async (_, user) => {
        const session = await torture.session();
        for (let at = 0; at < 20; at++) {
          const { values } = await torture.call("echo", { text: `${user} ${at}` }, { session });
          assert.equal(values.out, `${user} ${at}`);
        }
      });
      const streams = Array.from({ length: 20 }, async (_, user) => {
        const { values } = await torture.call("stream", { text: `${user}:`, amount: 100, pause: 10 });
        assert.equal(values.out, Array.from({ length: 100 }, (_, at) => `${user}:${at} `).join(""));
      });
      await Promise.all([...echoes, ...streams]);
    },
  },
  {
    id: "I02",
    rule: "A session that floods the queue is refused past its share, others are still taken",
    run: async (torture) => {
      const [flood, other] = [await torture.session(), await torture.session()];
      const over = new AbortController();
      const ids = Array.from({ length: 130 }, newId);
      const calls = ids.map((id) => torture.start("single", { amount: 3000 }, { session: flood, id }));
      const answers = await Promise.all(calls);
      const refused = answers.filter(({ ok }) => !ok);
      assert.ok(refused.length >= 20, `${refused.length} are refused`);
      for (const answer of refused) {
        assert.equal(answer.status, 429);
        assert.ok(Number(answer.headers.get("retry-after")) > 0, "it says when to come again");
        await answer.body?.cancel();
      }
      for (const answer of answers) if (answer.ok) readAll(answer).catch(() => {});
      const { load } = await torture.count();
      assert.ok(load.waiting <= 100, `${load.waiting} of one session wait`);
      const first = await torture.start("single", { amount: 0 }, { session: other, signal: over.signal });
      const reader = readFrames(first.body as ReadableStream<Uint8Array>);
      const { value } = await reader.next();
      assert.equal(value?.type, "queued", JSON.stringify(value));
      assert.ok((value as Frame & { position: number }).position <= 3, "it does not wait behind the flood");
      await reader.return(undefined);
      over.abort();
      await Promise.all(ids.map((id) => torture.cancel(id, flood)));
      await torture.emptied();
    },
  },
  {
    id: "I04",
    rule: "A run is cancelled while it waits, runs, ends and is over, twice and by two: it has one end",
    run: async (torture) => {
      const session = await torture.session();
      assert.equal(await torture.cancel(newId(), session), 404);
      const ids = Array.from({ length: 4 }, newId);
      const [running, waiting] = await Promise.all(
        ids.slice(0, 2).map((id) => torture.start("single", { amount: 60_000 }, { session, id })),
      ) as [Response, Response];
      const [inStream, atEnd] = await Promise.all([
        torture.start("stream", { text: "x", amount: 10_000, pause: 5 }, { session, id: ids[2] as string }),
        torture.start("echo", { text: "x" }, { session, id: ids[3] as string }),
      ]);
      const over = await readAll(atEnd);
      const statuses = await Promise.all(
        ids.flatMap((id) => [torture.cancel(id, session), torture.cancel(id, session)]),
      );
      assert.deepEqual(statuses, statuses.map(() => 200));
      for (const answer of [running, waiting, inStream]) {
        const { outcome, frames } = await readAll(answer);
        assert.equal(outcome, "cancelled");
        assert.equal(frames.filter(({ type }) => type === "done").length, 1);
      }
      assert.equal(over.outcome, "done");
      assert.equal((await torture.resume(ids[3] as string, 0, session)).outcome, "done");
      // The place of the one that was cancelled is free.
      assert.equal((await torture.call("single", { amount: 0 }, { session })).outcome, "done");
    },
  },
  {
    id: "I06",
    rule: "A generator's finally runs once after it was cancelled, and after its reader has gone",
    run: async (torture) => {
      const session = await torture.session();
      const before = (await torture.call("seen")).values.result as Record<string, number>;
      const id = newId();
      const cancelled = await torture.start("tidy", {}, { session, id });
      await torture.cancel(id, session);
      assert.equal((await readAll(cancelled)).outcome, "cancelled");
      const left = await torture.start("tidy", {}, { session });
      await left.body?.cancel();
      await torture.emptied();
      const { values } = await torture.call("seen");
      assert.deepEqual(values.result, {
        begun: before.begun as number + 2,
        closed: before.closed as number + 2,
      });
    },
  },
  {
    id: "I08",
    rule: "A run whose answer nobody reads goes on and can be read later",
    run: async (torture) => {
      const session = await torture.session();
      const id = newId();
      const answer = await torture.start("slow", { amount: 50 }, { session, id });
      await answer.body?.cancel();
      await torture.emptied();
      const { outcome, values } = await torture.resume(id, 0, session);
      assert.equal(outcome, "done");
      assert.equal(values.out, "after 50");
    },
  },
  {
    id: "I09",
    rule: "Readers before, during and after a run, and two at once, all hear all of it",
    run: async (torture) => {
      const session = await torture.session();
      const id = newId();
      const answer = await torture.start("stream", { text: "x", amount: 30, pause: 5 }, { session, id });
      const others = await Promise.all([1, 2].map(() => torture.resume(id, 0, session)));
      const first = await readAll(answer);
      const late = await torture.resume(id, 0, session);
      for (const { frames } of [...others, late]) assert.deepEqual(frames, first.frames);
      assert.equal(first.outcome, "done");
    },
  },
  {
    id: "I10",
    rule: "A stream that is reset, closed or silent is read on from the very next frame",
    run: async (torture) => {
      await using proxy = await startFaultProxy(torture.server.base);
      const { base } = proxy;
      for (const end of ["reset", "close", "hang"] as const) {
        const session = await torture.session();
        const id = newId();
        const frames: Frame[] = [];
        const cuts = [300, 1, 700, 40, 2000];
        proxy.arm((head) => {
          const bytes = head.startsWith("POST") ? cuts.shift() : undefined;
          return bytes === undefined ? undefined : { bytes, end };
        });
        for (let tries = 0; frames.at(-1)?.type !== "done"; tries++) {
          assert.ok(tries < 20, "it never ends");
          const silence = new AbortController();
          let timer: number | undefined;
          const heard = () => {
            clearTimeout(timer);
            timer = setTimeout(() => silence.abort(), 250) as unknown as number;
          };
          heard();
          const options = { session, id, base, signal: silence.signal };
          const last = frames.length;
          try {
            const answer = last === 0
              ? await torture.start("stream", { text: "x", amount: 80, pause: 4 }, options)
              : await torture.post({ resume: id, after: last, session }, options);
            for await (const frame of readFrames(answer.body as ReadableStream<Uint8Array>, "", heard)) {
              assert.equal(frame.seq, frames.length + 1);
              frames.push(frame);
            }
          } catch (error) {
            assert.ok(!(error instanceof assert.AssertionError), String(error));
          } finally {
            clearTimeout(timer);
          }
        }
        assert.equal(cuts.length, 0, "not all cuts came");
        assert.equal(outcomeOf(frames).values.out, Array.from({ length: 80 }, (_, at) => `x${at} `).join(""));
      }
    },
  },
  {
    id: "I14",
    rule: "A forged run to read on is not there, and its holder is not disturbed",
    run: async (torture) => {
      const [alice, bob] = [await torture.session(), await torture.session()];
      const id = newId();
      const answer = await torture.start("stream", { text: "x", amount: 30, pause: 5 }, { session: bob, id });
      const edited = `${id.slice(0, -1)}${id.endsWith("A") ? "Q" : "A"}`;
      for (
        const [run, session] of [[id, alice], [edited, bob], [`${id}/1`, bob], [
          `${bob}/${id}`,
          alice,
        ]] as const
      ) {
        assert.equal((await torture.resume(run, 0, session)).status, 404);
      }
      const forged = `${alice.split(".")[0]}.${bob.split(".")[1]}`;
      assert.equal((await torture.resume(id, 0, forged)).status, 410);
      assert.equal((await readAll(answer)).outcome, "done");
    },
  },
  {
    id: "I16",
    rule: "An event whose answer is lost and that is sent again starts one run",
    run: async (torture) => {
      await using proxy = await startFaultProxy(torture.server.base);
      const session = await torture.session();
      const id = newId();
      let lost = 0;
      proxy.arm((head) => head.startsWith("POST") && lost++ < 3 ? { bytes: 0, end: "reset" } : undefined);
      let said: unknown;
      for (let tries = 0; tries < 6 && said === undefined; tries++) {
        said = await torture.call("count", {}, { session, id, base: proxy.base })
          .then(({ values }) => values.out, () => undefined);
      }
      assert.equal(lost, 4);
      assert.equal(said, "1");
      assert.equal((await torture.call("count", {}, { session })).values.out, "2");
    },
  },
];
