import { Connection, get, message } from "./connection.ts";
import { checkFrames } from "./events.ts";
import { load, p99, sleep } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, sessionIn, temporary } from "./programs.ts";
import type { Server } from "./server.ts";

/** Of four kinds alike. A server's own share for one address is 1,024. */
const SLOW = 1000;
const OTHERS = 10;
const WINDOWS = 3;
const SETTLE_MS = 300;
/** Does not fit into any buffer on the way. */
const BIG_BYTES = 8 * 1024 * 1024;
const encoder = new TextEncoder();

/** A server with something to ask it for, and a path of something large. */
interface Target {
  readonly server: Server;
  readonly event: Uint8Array;
  readonly path: string;
  readonly big: string;
}

/**
 * What 1,000 connections cost others that say nothing, half a head, one byte of a body, or never read: the slowest
 * hundredth of events among them, by that of events without, in turns and on the same server.
 */
export async function slowOnes(put: Put, { seconds }: Effort): Promise<void> {
  await using server = await app("echo");
  await using folder = await temporary();
  await Deno.writeFile(`${folder.path}/big`, new Uint8Array(BIG_BYTES));
  const session = sessionIn(await get(server.base, "/"));
  const body = JSON.stringify({ action: "echo", input: { x: "Hello" }, session });
  const event = message(server.base, "POST", "/", { body });
  const ours: Target = { server, event, path: "/", big: await sendBig(server, session) };
  using connection = await Connection.open(server.base);
  await Deno.writeFile(`${folder.path}/frames`, (await connection.send(event)).body);
  await using bare = await floor("hello", {
    env: { FLOOR_FRAMES: `${folder.path}/frames`, FLOOR_BYTES: `${folder.path}/big` },
  });
  const same: Target = {
    server: bare,
    event: message(bare.base, "POST", "/frames", { body }),
    path: "/frames",
    big: "/same",
  };
  put("slow", await share(ours, seconds), await share(same, seconds));
}

async function share(target: Target, seconds: number): Promise<number> {
  const times = { alone: [] as number[], among: [] as number[] };
  const options = { message: target.event, connections: OTHERS, check: checkFrames };
  const measure = async (into: number[]) =>
    into.push(...(await load(target.server, { ...options, seconds: seconds / WINDOWS })).times);
  for (let window = 0; window < WINDOWS; window++) {
    await measure(times.alone);
    using slow = await slowConnections(target);
    // What the readers do not take has filled the buffers on the way by then.
    await sleep(SETTLE_MS);
    await measure(times.among);
    if (slow.length !== SLOW) throw new Error(`Cannot measure: ${slow.length} slow connections`);
  }
  return p99(times.among) / p99(times.alone);
}

async function slowConnections({ server, path, big }: Target): Promise<Disposable & { length: number }> {
  const { hostname, port, host } = new URL(server.base);
  const post = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Ty`;
  const openings = [
    "",
    post,
    `${post}pe: application/json\r\nContent-Length: 200000\r\n\r\n{`,
    `GET ${big} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ];
  const open = Array.from({ length: SLOW }, async (_, at) => {
    const socket = await Deno.connect({ hostname, port: Number(port) });
    const opening = openings[at % openings.length] as string;
    if (opening !== "") await socket.write(encoder.encode(opening));
    return socket;
  });
  const sockets = await Promise.all(open);
  return {
    length: sockets.length,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.close();
    },
  };
}

// Path of a file that the session sent.
async function sendBig({ base }: Server, session: string): Promise<string> {
  const answer = await fetch(`${base}/files`, {
    method: "POST",
    headers: { "atoll-session": session, "atoll-name": "big.bin" },
    body: new Uint8Array(BIG_BYTES),
  });
  const { url } = await answer.json() as { url?: string };
  if (url === undefined) throw new Error(`Cannot measure: a file was answered with ${answer.status}`);
  return url;
}
