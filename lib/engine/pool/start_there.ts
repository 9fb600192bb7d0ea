import type { HandlerProcess, ProcessEnd, StartProcess } from "./handler_process.ts";
import { LINK, LinkWriter, readLink } from "./link.ts";
import type { Profile } from "./profile.ts";

/**
 * Has processes started by who listens at a socket, for a server that may run no programs itself. That one knows which
 * profiles there are, and starts no others.
 */
export function startThere(path: string): StartProcess {
  return (profile) => new Started(path, profile);
}

class Started implements HandlerProcess {
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly status: Promise<ProcessEnd>;
  readonly #connected: Promise<Deno.UnixConn>;
  readonly #writer: Promise<LinkWriter>;

  constructor(path: string, profile: Profile) {
    this.#connected = Deno.connect({ transport: "unix", path });
    this.#writer = this.#connected.then(async ({ writable }) => {
      const writer = new LinkWriter(writable);
      await writer.send(LINK.profile, new TextEncoder().encode(JSON.stringify(profile)));
      return writer;
    });
    this.stdin = new WritableStream({ write: async (bytes) => (await this.#writer).send(LINK.stdin, bytes) });
    const [out, error] = [new TransformStream<Bytes, Bytes>(), new TransformStream<Bytes, Bytes>()];
    this.stdout = out.readable;
    this.stderr = error.readable;
    this.status = this.#follow(out.writable.getWriter(), error.writable.getWriter());
  }

  kill(): void {
    // A starter that no longer reads has already killed the process.
    this.#writer.then((writer) => writer.send(LINK.kill)).catch(() => {});
  }

  // Never rejects: that nobody is there to start it is how it ended.
  async #follow(out: Writer, error: Writer): Promise<ProcessEnd> {
    let end: ProcessEnd = { code: 1, signal: null };
    try {
      await this.#writer;
      for await (const { says, bytes } of readLink((await this.#connected).readable)) {
        if (says === LINK.stdout) await out.write(bytes);
        else if (says === LINK.stderr) await error.write(bytes);
        else if (says === LINK.ended) end = JSON.parse(new TextDecoder().decode(bytes));
      }
    } catch (cause) {
      await error.write(new TextEncoder().encode(`Nobody starts processes: ${cause}\n`));
    }
    await Promise.all([out.close(), error.close()]);
    await this.#connected.then((connection) => connection.close()).catch(() => {});
    return end;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;
type Writer = WritableStreamDefaultWriter<Bytes>;
