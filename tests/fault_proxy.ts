import { createServer, type Server, Socket } from "node:net";
import { once } from "node:events";

/** What to do to the answer to one request. Bytes are those of the server, from the first of the answer's head. */
export interface Trouble {
  /** How many bytes of the server are let through before `end` comes. */
  readonly bytes: number;
  /**
   * `reset` breaks the connection, `close` ends it as if all had been said; `hang` lets nothing more through and leaves
   * it open. The server's side is broken with it, but for `hang`.
   */
  readonly end: "reset" | "close" | "hang";
  /** Pieces of at most so many bytes are passed on, one in each turn. */
  readonly slice?: number | undefined;
  /** How long each piece is kept back, in milliseconds. */
  readonly delayMs?: number | undefined;
}

/** A TCP proxy before a server of 127.0.0.1 that breaks connections at a given byte. */
export interface FaultProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  /** How many connections were broken. */
  readonly broken: number;
  /**
   * From now on asks `next` when the answer to a request starts; `head` is how the request started. `undefined` leaves
   * the answer alone.
   */
  arm(next: (head: string) => Trouble | undefined): void;
  /** From now on leaves all answers alone. */
  disarm(): void;
}

const decoder = new TextDecoder();
// Good enough for a browser, which sends a body in pieces of its own.
const REQUEST = /^(GET|POST|HEAD) \S+ HTTP/;

/** Starts a proxy before the server at `target`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { port } = new URL(target);
  const open = new Set<Socket>();
  let next: (head: string) => Trouble | undefined = () => undefined;
  let broken = 0;
  const server: Server = createServer((client) => {
    const upstream = new Socket();
    upstream.connect(Number(port), "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let head = "";
    let asked = true;
    client.on("data", (piece: Uint8Array) => {
      const start = decoder.decode(piece.subarray(0, 100));
      if (REQUEST.test(start)) [head, asked] = [start, false];
      upstream.write(piece);
    });
    client.on("end", () => upstream.end());
    let trouble: Trouble | undefined;
    let left = 0;
    const pass = async (piece: Uint8Array) => {
      if (!asked) {
        asked = true;
        trouble = next(head);
        left = trouble?.bytes ?? 0;
      }
      if (!trouble) return void client.write(piece);
      const { slice = piece.length, delayMs, end } = trouble;
      for (let at = 0; at < piece.length; at += slice) {
        const part = piece.subarray(at, Math.min(at + slice, at + left, piece.length));
        if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (part.length > 0) client.write(part);
        left -= part.length;
        if (left > 0) continue;
        trouble = { ...trouble, bytes: 0 };
        if (end === "hang") return;
        broken++;
        if (end === "reset") client.resetAndDestroy();
        else client.end();
        return void upstream.destroy();
      }
    };
    let order = Promise.resolve();
    upstream.on("data", (piece) => void (order = order.then(() => pass(piece))));
    upstream.on("end", () => void order.then(() => client.end()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address() as { port: number };
  return {
    base: `http://127.0.0.1:${at.port}`,
    get broken() {
      return broken;
    },
    arm(by) {
      next = by;
    },
    disarm() {
      next = () => undefined;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Random numbers from 0 to 1 that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // mulberry32
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}
