import { Connection, message } from "./connection.ts";
import { sleep } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, sessionIn } from "./programs.ts";
import { memory, type Server } from "./server.ts";

const AT_ONCE = 20;
const SETTLE_MS = 2000;
const MOST_WAIT_MS = 20_000;
const decoder = new TextDecoder();
const unread = new Uint8Array(4096);

/** How one idle session comes about: the page, an event that leaves a value on the server, and a run that waits. */
interface Visitor {
  readonly event: (base: string, session: string) => Uint8Array;
  readonly hold: (base: string, session: string) => Uint8Array;
  /** Whether an answer has begun: the stream is open. */
  readonly begun: RegExp;
}

const body = (action: string, session: string) => ({
  body: JSON.stringify({ action, input: { x: "Hello" }, session }),
});
const ofOurs: Visitor = {
  event: (base, session) => message(base, "POST", "/", body("count", session)),
  hold: (base, session) => message(base, "POST", "/", body("hold", session)),
  begun: /"started"/,
};
const ofBare: Visitor = {
  event: (base, session) => message(base, "POST", "/", body("count", session)),
  hold: (base, session) => message(base, "POST", "/hold", body("hold", session)),
  begun: /data: /,
};

/** Many sessions that do nothing, each with an open stream: memory of the server for one of them. */
export async function idling(put: Put, { sessions }: Effort): Promise<void> {
  const limits = { ATOLL_CONNECTIONS: String(2 * sessions) };
  await using ours = await app("echo", { env: limits });
  const mine = await held(ours, ofOurs, sessions);
  await using bare = await floor("hello");
  put("idle", mine, await held(bare, ofBare, sessions));
}

/** Kilobytes for each session that stays, beyond what the server has with the first. */
async function held({ base, pid }: Server, visitor: Visitor, sessions: number): Promise<number> {
  const streams: Stream[] = [];
  const enter = async (times: number, stay = true) => {
    using connection = await Connection.open(base);
    for (let i = 0; i < times; i++) {
      const page = await connection.send(message(base, "GET", "/", { headers: { accept: "text/html" } }));
      const session = visitor === ofOurs ? sessionIn(page) : crypto.randomUUID();
      const { status } = await connection.send(visitor.event(base, session));
      if (status !== 200) {
        throw new Error(`Cannot measure idle sessions: an event was answered with ${status}`);
      }
      if (stay) streams.push(await Stream.open(base, visitor.hold(base, session), visitor.begun));
    }
  };
  try {
    // What a process grows by once, whoever comes, is no session's: some have come and gone before the first that stays.
    await Promise.all(Array.from({ length: AT_ONCE }, () => enter(sessions / 2 / AT_ONCE, false)));
    await enter(1);
    await sleep(SETTLE_MS / 4);
    const before = memory(pid).now;
    await Promise.all(Array.from({ length: AT_ONCE }, () => enter(sessions / AT_ONCE)));
    await sleep(SETTLE_MS);
    const extra = memory(pid).now - before;
    const lost = streams.filter(({ ended }) => ended).length;
    if (lost > 0) throw new Error(`Cannot measure idle sessions: ${lost} streams of ${streams.length} ended`);
    return extra / (streams.length - 1) / 1024;
  } finally {
    for (const stream of streams) stream[Symbol.dispose]();
  }
}

/** An answer that goes on; what comes after its beginning is thrown away. */
class Stream implements Disposable {
  /** Whether the server has ended it. */
  ended = false;
  readonly #socket: Deno.TcpConn;
  #over = false;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** Asks for it and waits until it has begun. */
  static async open(base: string, request: Uint8Array, begun: RegExp): Promise<Stream> {
    const { hostname, port } = new URL(base);
    const socket = await Deno.connect({ hostname, port: Number(port) });
    await socket.write(request);
    let seen = "";
    const timer = setTimeout(() => socket.close(), MOST_WAIT_MS);
    while (!begun.test(seen)) {
      // Nothing else is read meanwhile into the same bytes but by those who do not look at them.
      const own = new Uint8Array(2048);
      const read = await socket.read(own);
      if (read === null) throw new Error(`Cannot measure idle sessions: a stream ended with ${seen}`);
      seen += decoder.decode(own.subarray(0, read));
    }
    clearTimeout(timer);
    const stream = new Stream(socket);
    void stream.#drain();
    return stream;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#socket.close();
  }

  async #drain(): Promise<void> {
    try {
      while (await this.#socket.read(unread) !== null);
    } catch {
      // Closed by us, or broken.
    }
    this.ended = !this.#over;
  }
}
