import type { HandlerProcess } from "@/lib/engine/pool/handler_process.ts";
import { LINK, type LinkFrame, type LinkWord, LinkWriter, readLink } from "@/lib/engine/pool/link.ts";
import { readProfile } from "@/lib/engine/pool/profile.ts";
import { startHere } from "@/lib/engine/pool/start_here.ts";
import { logError } from "@/lib/ops/log_error.ts";

/** More than any server asks for at a time: two for each worker that may be set. */
const MOST = 2000;

/**
 * Starts processes of handlers for a server that may run no programs itself. Requests come through a socket that
 * only this user can open. It starts only the processes that demos of the project declare, so an attacker in the
 * server gets nothing else.
 */
export class Starter implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #folder: string;
  readonly #declared: () => Promise<ReadonlySet<string>>;
  readonly #open = new Set<Deno.UnixConn>();
  readonly #answers = new Set<Promise<void>>();

  /** Listens in a folder of its own. `declared` is asked when a process is asked for. */
  static async open(declared: () => Promise<ReadonlySet<string>>): Promise<Starter> {
    return new Starter(await Deno.makeTempDir({ prefix: "atoll-" }), declared);
  }

  private constructor(folder: string, declared: () => Promise<ReadonlySet<string>>) {
    this.#folder = folder;
    this.#declared = declared;
    this.#listener = Deno.listen({ transport: "unix", path: this.path });
    this.#follow(this.#accept());
  }

  /** Where it listens. */
  get path(): string {
    return `${this.#folder}/starter`;
  }

  /** Kills what it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    await Promise.all(this.#answers);
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      if (this.#open.size >= MOST) {
        connection.close();
        continue;
      }
      this.#open.add(connection);
      this.#follow(this.#answer(connection));
    }
  }

  async #answer(connection: Deno.UnixConn): Promise<void> {
    const writer = new LinkWriter(connection.writable);
    const frames = readLink(connection.readable);
    try {
      const first = await frames.next();
      if (first.done || first.value.says !== LINK.profile) return;
      const text = new TextDecoder().decode(first.value.bytes);
      if ((await this.#declared()).has(text)) await serve(startHere(readProfile(text)), frames, writer);
      else await refuse(text, writer);
    } finally {
      this.#open.delete(connection);
      close(connection);
    }
  }

  #follow(work: Promise<void>): void {
    const followed = work.catch((error) => {
      // That the server is gone needs no words.
      if (!gone(error)) logError(error, "starter_error");
    }).then(() => void this.#answers.delete(followed));
    this.#answers.add(followed);
  }
}

function gone(error: unknown): boolean {
  return [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
  ]
    .some((type) => error instanceof type);
}

function close(connection: Deno.UnixConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

async function serve(
  process: HandlerProcess,
  frames: AsyncGenerator<LinkFrame, undefined, undefined>,
  writer: LinkWriter,
): Promise<void> {
  const kill = () => {
    try {
      process.kill();
    } catch {
      // It has ended by itself.
    }
  };
  const heard = hear(process, frames).catch(() => {}).finally(kill);
  try {
    await Promise.all([
      tell(writer, LINK.stdout, process.stdout),
      tell(writer, LINK.stderr, process.stderr),
    ]);
    const { code, signal } = await process.status;
    await writer.send(LINK.ended, new TextEncoder().encode(JSON.stringify({ code, signal })));
  } finally {
    kill();
    await process.status;
  }
  void heard;
}

async function hear(
  process: HandlerProcess,
  frames: AsyncGenerator<LinkFrame, undefined, undefined>,
): Promise<void> {
  const stdin = process.stdin.getWriter();
  for await (const { says, bytes } of frames) {
    if (says === LINK.kill) return;
    if (says === LINK.stdin) await stdin.write(bytes).catch(() => {});
  }
}

async function tell(writer: LinkWriter, says: LinkWord, stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of stream) await writer.send(says, piece);
}

async function refuse(profile: string, writer: LinkWriter): Promise<void> {
  const message = `No demo declares this process while it loads, so it is not started: ${profile}\n`;
  await writer.send(LINK.stderr, new TextEncoder().encode(message));
  await writer.send(LINK.ended, new TextEncoder().encode(`{"code":126,"signal":null}`));
}
