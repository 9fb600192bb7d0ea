import assert from "node:assert/strict";
import type { JsonObject } from "@/lib/value/json.ts";
import { NOT_KEPT } from "@/lib/wire/not_kept.ts";
import type { Going } from "./run.ts";
import type { Session } from "./session.ts";
import { stop } from "./stop.ts";

const plan = { when: [], takes: {}, rest: [], gives: ["b"], mode: "once", cancels: [] } as const;
const refusal = (status: number, message = "No") => () => Response.json({ error: { message } }, { status });
const broken = () => Promise.reject(new TypeError("broken"));

/** Stops a run; the server answers as it is told. Gives what was sent, shown and said. */
async function stopped(answers: (() => Response | Promise<Response>)[], seq = 1) {
  const sent: JsonObject[] = [];
  const shown: (string | undefined)[] = [];
  const said: string[] = [];
  const session = {
    going: new Set<Going>(),
    stopping: new Set(),
    post: async (body: JsonObject) => {
      sent.push(body);
      return await (answers.shift() ?? broken)();
    },
    waits: (_: unknown, message?: string) => void shown.push(message),
  };
  const { wait, say } = { wait: () => Promise.resolve(), say: (text: string) => void said.push(text) };
  await stop(session as unknown as Session, { id: "x", key: "act", plan, seq }, { wait, say });
  assert.equal(session.stopping.size, 0);
  return { sent: sent.length, shown, said };
}

Deno.test("stop() tells the server again until it answers; until then the fields say so", async () => {
  assert.deepEqual(await stopped([() => Response.json({ cancelled: true })]), {
    sent: 1,
    shown: [],
    said: [],
  });
  const down = [broken, refusal(503), () => new Response("<p>Bad gateway", { status: 502 }), refusal(429)];
  assert.deepEqual(await stopped([...down, () => Response.json({ cancelled: true })]), {
    sent: 5,
    shown: ["Stopping", "Stopping", "Stopping", "Stopping", undefined],
    said: [],
  });
  // A server that was started again does not know the run: it is not going on.
  assert.deepEqual(await stopped([broken, refusal(404)]), {
    sent: 2,
    shown: ["Stopping", undefined],
    said: [],
  });
});

Deno.test("stop() tells again that a run is not there, where its event may still be on its way", async () => {
  assert.equal((await stopped([refusal(404), () => Response.json({ cancelled: true })], 0)).sent, 2);
  assert.equal((await stopped([refusal(404), refusal(404), refusal(404), broken], 0)).sent, 3);
});

Deno.test("stop() says so where a run may still be going on, is not the person's, or its end is not kept", async () => {
  const never = await stopped([]);
  assert.equal(never.sent, 16);
  assert.equal(never.shown.at(-1), undefined);
  assert.deepEqual(never.said, ["The server does not answer, so the run may still be going on"]);
  assert.deepEqual((await stopped([refusal(403, "Log in first")])).said, ["Log in first"]);
  assert.deepEqual((await stopped([() => Response.json({ cancelled: true, kept: false })])).said, [NOT_KEPT]);
});
