/** An answer, its body left as it came but for chunks put together. */
export interface Answer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Bytes of head and body as they were on the wire. */
  readonly wireBytes: number;
}

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");
const CR = 13;

/**
 * A kept-alive HTTP/1.1 connection on a raw socket, one request at a time. It shares the machine with the server it
 * measures, so it does next to nothing, and nothing that a browser's or fetch's cache or decoder would do.
 */
export class Connection implements Disposable {
  readonly #socket: Deno.TcpConn;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    socket.setNoDelay(true);
  }

  /** Connects to a server of this machine, named by its `http:` address. */
  static async open(base: string): Promise<Connection> {
    const { hostname, port } = new URL(base);
    return new Connection(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Sends a request made by {@linkcode message} and reads its answer. */
  async send(message: Uint8Array): Promise<Answer> {
    await this.write(message);
    return await this.answer();
  }

  /** Sends bytes, all of them. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  /** Reads the next answer. */
  async answer(): Promise<Answer> {
    let end = this.#endOfHead();
    while (end === -1) {
      await this.#more();
      end = this.#endOfHead();
    }
    const first = this.#start;
    const head = latin1.decode(this.#bytes.subarray(first, end));
    const headBytes = end - first;
    this.#start = end;
    const status = Number(head.slice(9, 12));
    const lower = head.toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(lower)?.[1];
    if (length !== undefined) {
      const body = await this.#take(Number(length));
      return { status, head, body, wireBytes: headBytes + body.length };
    }
    if (!lower.includes("transfer-encoding: chunked")) {
      return { status, head, body: new Uint8Array(), wireBytes: headBytes };
    }
    return { status, head, ...await this.#chunks(headBytes) };
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #chunks(headBytes: number): Promise<{ body: Uint8Array<ArrayBuffer>; wireBytes: number }> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    let wireBytes = headBytes;
    for (;;) {
      let line = this.#bytes.indexOf(CR, this.#start);
      while (line === -1 || line >= this.#end - 1) {
        await this.#more();
        line = this.#bytes.indexOf(CR, this.#start);
      }
      const length = parseInt(latin1.decode(this.#bytes.subarray(this.#start, line)), 16);
      wireBytes += line + 4 - this.#start + length;
      this.#start = line + 2;
      const piece = await this.#take(length + 2);
      if (length === 0) break;
      pieces.push(piece.subarray(0, length));
      size += length;
    }
    if (pieces.length === 1) return { body: pieces[0] as Uint8Array<ArrayBuffer>, wireBytes };
    const body = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    return { body, wireBytes };
  }

  // Index after the empty line that ends the head, or -1.
  #endOfHead(): number {
    for (
      let at = this.#bytes.indexOf(CR, this.#start);
      at !== -1 && at + 3 < this.#end;
      at = this.#bytes.indexOf(CR, at + 1)
    ) {
      if (this.#bytes[at + 2] === CR && this.#bytes[at + 3] === 10) return at + 4;
    }
    return -1;
  }

  async #take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#end - this.#start < count) await this.#more(count - (this.#end - this.#start));
    const bytes = this.#bytes.slice(this.#start, this.#start + count);
    this.#start += count;
    return bytes;
  }

  async #more(least = 1): Promise<void> {
    const kept = this.#end - this.#start;
    if (this.#bytes.length - this.#end < least || this.#end === this.#bytes.length || kept === 0) {
      const target = kept + least > this.#bytes.length || kept === this.#bytes.length
        ? new Uint8Array(Math.max(this.#bytes.length * 2, kept + least))
        : this.#bytes;
      target.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = target;
      this.#start = 0;
      this.#end = kept;
    }
    const read = await this.#socket.read(this.#bytes.subarray(this.#end));
    if (read === null) throw new Error("The server closed the connection in the middle of an answer");
    this.#end += read;
  }
}

/** The bytes of a request. */
export function message(
  base: string,
  method: string,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const lines = Object.entries({
    host: new URL(base).host,
    ...(body === undefined ? {} : {
      "content-type": "application/json",
      "content-length": String(encoder.encode(body).length),
    }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return encoder.encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`);
}

/** One GET on a connection of its own. */
export async function get(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  using connection = await Connection.open(base);
  return await connection.send(message(base, "GET", path, { headers }));
}
