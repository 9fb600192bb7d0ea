import { type Answer, Connection, get, message } from "./connection.ts";
import { load, p99 } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, sessionIn, temporary } from "./programs.ts";
import type { Server } from "./server.ts";

const FEW = 50;
const MANY = 100;
/** Stands where the id of a call will be. What numbers are written with is not in it, so that all ids differ. */
const BLANK_CALL = "X".repeat(22);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Events that do nothing, kept in memory: the server's work, how many a second, and how long they take. */
export async function events(put: Put, { loads, seconds }: Effort): Promise<void> {
  await using ours = await app("echo");
  const body = JSON.stringify({ action: "echo", input: { x: "Hello" }, session: await sessionOf(ours) });
  const event = message(ours.base, "POST", "/", { body });
  await using bare = await sameFrames(ours, event);
  const same = message(bare.base, "POST", "/frames", { body });
  const few = { connections: FEW, seconds, check: checkFrames };
  const many = { ...few, connections: MANY };
  for (let i = 0; i < loads; i++) {
    const [a, b] = [
      await load(ours, { message: event, ...few }),
      await load(bare, { message: same, ...few }),
    ];
    put("event.cpu", a.cpuMicros, b.cpuMicros);
    put("event.rate", a.perSecond, b.perSecond);
    put("event.share", a.perSecond, b.perSecond);
  }
  for (let i = 0; i < Math.min(loads, 2); i++) {
    const slowest = p99((await load(ours, { message: event, ...many })).times);
    put("event.p99", slowest, p99((await load(bare, { message: same, ...many })).times));
  }
}

/**
 * The same events as pages send them, each under an id of its own, by a server that keeps runs on the disk: an answer
 * begins when the event cannot be lost any more. The floor of the work is that of events in memory; that of the time is
 * a program that keeps each body in a file and shares an fsync among those that came meanwhile.
 */
export async function durable(put: Put, { loads, seconds }: Effort): Promise<void> {
  await using folder = await temporary();
  await using ours = await app("echo", { env: { STORE: `sqlite:${folder.path}/atoll.db` } });
  const session = await sessionOf(ours);
  const body = (id: string) => JSON.stringify({ id, action: "echo", input: { x: "Hello" }, session });
  const first = body("f".repeat(BLANK_CALL.length));
  await using bare = await sameFrames(ours, message(ours.base, "POST", "/", { body: first }), {
    FLOOR_DATA: folder.path,
  });
  const [memory, disk] = ["/frames", "/keep"].map((path) =>
    message(bare.base, "POST", path, { body: first })
  ) as [Uint8Array, Uint8Array];
  const next = numbered(message(ours.base, "POST", "/", { body: body(BLANK_CALL) }));
  const options = { connections: MANY, seconds, check: checkFrames };
  // A server runs for long: what it does only once, to find out what is worth compiling, is not counted, of neither.
  await load(ours, { message: next, ...options });
  await load(bare, { message: memory, ...options });
  for (let i = 0; i < Math.min(loads, 2); i++) {
    const a = await load(ours, { message: next, ...options });
    put("durable.cpu", a.cpuMicros, (await load(bare, { message: memory, ...options })).cpuMicros);
    const b = await load(bare, { message: disk, ...options });
    put("durable.rate", a.perSecond, b.perSecond);
    put("durable.p99", p99(a.times), p99(b.times));
  }
}

/** Throws unless an answer is that to an event that echoes. */
export function checkFrames({ status, body }: Answer): void {
  if (status === 200 && decoder.decode(body).includes('"Hello"')) return;
  throw new Error(
    `Cannot measure events: one was answered with ${status}: ${decoder.decode(body).slice(0, 200)}`,
  );
}

/** A new session of the page of a measured app. */
export async function sessionOf({ base }: Server): Promise<string> {
  return sessionIn(await get(base, "/"));
}

// The bare program, which answers with the very frames that an event gets from ours.
async function sameFrames(
  ours: Server,
  event: Uint8Array,
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  await using folder = await temporary();
  using connection = await Connection.open(ours.base);
  const answer = await connection.send(event);
  checkFrames(answer);
  await Deno.writeFile(`${folder.path}/frames`, answer.body);
  return await floor("hello", { env: { FLOOR_FRAMES: `${folder.path}/frames`, ...env } });
}

// Requests that differ in their id alone.
function numbered(request: Uint8Array): () => Uint8Array {
  const at = decoder.decode(request).indexOf(BLANK_CALL);
  let count = 0;
  return () => {
    const copy = request.slice();
    encoder.encodeInto((++count).toString(36), copy.subarray(at));
    return copy;
  };
}
