import assert from "node:assert/strict";
import { prepare } from "./ground.ts";
import { type Counted, Torture } from "./torture.ts";

/** How long to go on. */
export interface Endurance {
  /** Events in all. */
  readonly events: number;
  /** After how many each look is taken. */
  readonly every: number;
}

const USERS = 16;
// What one look may differ from another by chance: code that is compiled, buffers that come and go.
const NOISE_BYTES = 1.5 * 2 ** 20;

/**
 * Sends events of all kinds, and looks after each lot at what is left once everything is over: the heap does not rise,
 * files and timers are as many as at the start.
 */
export async function endure({ events, every }: Endurance): Promise<void> {
  await using prepared = await prepare({ ATOLL_QUEUE: "10000", ATOLL_SESSIONS: "200" });
  using torture = new Torture(prepared.server);
  // What is bounded fills up first: kept runs, sessions, compiled code.
  await send(torture, Math.max(every, 3000));
  const looks: Counted[] = [await rest(torture)];
  for (let sent = 0; sent < events; sent += every) {
    await send(torture, every);
    looks.push(await rest(torture));
  }
  const [first, last] = [looks[0], looks.at(-1)] as [Counted, Counted];
  const heaps = looks.map(({ heapBytes }) => heapBytes);
  const told = heaps.map((bytes) => (bytes / 2 ** 20).toFixed(2)).join(", ");
  const half = heaps.length >> 1;
  const risen = median(heaps.slice(half)) - median(heaps.slice(0, half));
  assert.ok(risen < NOISE_BYTES, `the heap rises by ${risen} bytes from half to half: ${told} MiB`);
  assert.ok(last.files <= first.files + 2, `${first.files} open files became ${last.files}`);
  assert.ok(last.timers <= first.timers + 2, `${first.timers} timers became ${last.timers}`);
  assert.deepEqual([last.load.busy, last.load.waiting, last.load.streams], [0, 0, 0]);
}

/** Events of all kinds, by users who come and go. */
async function send(torture: Torture, events: number): Promise<void> {
  let left = events;
  await Promise.all(Array.from({ length: USERS }, async (_, user) => {
    let session = await torture.session();
    for (let at = 0; left > 0; at++) {
      left--;
      if (at % 40 === 0) session = await torture.session();
      const text = `${user} ${at}`;
      switch (at % 10) {
        case 0:
          await torture.call("count", {}, { session });
          break;
        case 1:
          await torture.call("mirror", { data: { list: [text, text], at } }, { session });
          break;
        case 2:
          await torture.call("stream", { text, amount: 4, pause: 0 }, { session });
          break;
        case 3: {
          const answer = await torture.start("stream", { text, amount: 3, pause: 1 }, { session });
          await answer.body?.cancel();
          break;
        }
        case 4:
          assert.equal((await torture.call("slide", { level: 99 }, { session })).code, "bad_input");
          break;
        default:
          assert.equal((await torture.call("echo", { text }, { session })).values.out, text);
      }
      torture.received.length = 0;
    }
  }));
}

/** What there is once nothing goes on any more. */
async function rest(torture: Torture): Promise<Counted> {
  torture.hangUp();
  await torture.until(({ load }) => load.busy === 0 && load.waiting === 0 && load.streams === 0);
  await torture.count();
  return await torture.count();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
