import { setPriority } from "node:os";
import { Fault } from "@/lib/value/fault.ts";
import { Messages } from "./codec.ts";
import { type FromHandler, isFromHandler } from "./message.ts";
import type { Death } from "./port.ts";
import type { Profile } from "./profile.ts";

// As `nice` counts: about a tenth of what the server gets, where both want all.
const BELOW_THE_SERVER = 10;

/** Who hears of a child process. */
export interface ChildEvents {
  /** It sent a message. */
  readonly message: (message: FromHandler) => void;
  /** It is gone, and nobody asked for that. */
  readonly died: (death: Death) => void;
  /** It printed. */
  readonly print: (bytes: Uint8Array) => void;
}

// V8 reserves 512 MiB for code where nobody has touched it, but the system counts it as data; the rest is the program,
// its stacks and what V8 needs beside the values (measured: 545 MiB for an empty program on x86-64).
const OWN_MB = 704;
const TAIL_CHARACTERS = 4000;
const MOST_PRINTED_BYTES = 256 * 2 ** 10;
const OUT_OF_MEMORY = /out of memory|memory allocation of \d+ bytes failed/i;

/** A process of handlers and its pipes. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #over: Promise<void>;
  readonly #events: ChildEvents;
  #ended = false;
  #tail = "";
  #printed = 0;

  /** Starts it. */
  constructor(profile: Profile, events: ChildEvents) {
    this.#events = events;
    this.#process = new Deno.Command(...commandOf(profile)).spawn();
    giveWay(this.#process.pid);
    this.#writer = this.#process.stdin.getWriter();
    // One that blocks would not notice that its server has gone.
    addEventListener("unload", this.#kill);
    this.#over = this.#follow();
  }

  /** Writes to it; in order, at its own pace. */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    // That it is gone is noticed by its status.
    this.#writer.write(bytes).catch(() => {});
  }

  /** Kills it, and resolves when nothing is left of it. */
  async end(): Promise<void> {
    this.#kill();
    await this.#over;
  }

  async #follow(): Promise<void> {
    const [, , status] = await Promise.all([this.#read(), this.#readErrors(), this.#process.status]);
    removeEventListener("unload", this.#kill);
    await this.#writer.close().catch(() => {});
    if (this.#ended) return;
    this.#ended = true;
    this.#events.died(this.#deathOf(status));
  }

  async #read(): Promise<void> {
    const messages = new Messages();
    try {
      for await (const piece of this.#process.stdout) {
        if (this.#ended) continue;
        for (const message of messages.take(piece)) {
          if (!isFromHandler(message)) throw new SyntaxError("The pipe has a message of no known type");
          this.#events.message(message);
        }
      }
    } catch (cause) {
      if (this.#ended) return;
      this.#kill();
      this.#events.died({
        fault: new Fault("internal", "The handler's process wrote what nobody understands, and was ended", {
          cause,
        }),
        enforced: false,
      });
    }
  }

  async #readErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of this.#process.stderr) {
      this.#tail = (this.#tail + decoder.decode(piece, { stream: true })).slice(-TAIL_CHARACTERS);
      this.#printed += piece.byteLength;
      if (this.#printed <= MOST_PRINTED_BYTES) this.#events.print(piece);
    }
  }

  readonly #kill = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It is gone already: there is nothing to end.
    }
  };

  #deathOf({ code, signal }: Deno.CommandStatus): Death {
    if (OUT_OF_MEMORY.test(this.#tail)) {
      const fault = new Fault("internal", "The handler used more memory than it may");
      return { fault, enforced: true };
    }
    const how = signal ? `killed by ${signal}` : `exit code ${code}`;
    const cause = new Error(`The handler's process ended (${how}). It printed last:\n${this.#tail}`);
    return {
      fault: new Fault("internal", `The handler's process ended (${how})`, { cause }),
      enforced: false,
    };
  }
}

function commandOf({ module, memoryMb, flags, env }: Profile): [string, Deno.CommandOptions] {
  const args = [
    "run",
    "--quiet",
    "--cached-only",
    ...flags,
    `--v8-flags=--max-old-space-size=${memoryMb}`,
    // Loaded with the program, so that what it imports needs no right to be read.
    `--preload=${module}`,
    import.meta.resolve("./process_entry.ts"),
  ];
  const options: Deno.CommandOptions = {
    clearEnv: true,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...pick(["DENO_DIR", ...env]) },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  };
  if (Deno.build.os === "windows") {
    const needed = pick(["SystemRoot", "LOCALAPPDATA", "USERPROFILE"]);
    return [Deno.execPath(), { ...options, args, env: { ...options.env, ...needed } }];
  }
  // Heap limits leave out the bytes of buffers; the system's own limit does not. Where there is none, it goes without.
  const limitKb = (OWN_MB + 2 * memoryMb) * 1024;
  const run = `ulimit -c 0; ulimit -d ${limitKb} 2>/dev/null; exec "$0" "$@"`;
  return ["/bin/sh", { ...options, args: ["-c", run, Deno.execPath(), ...args] }];
}

function pick(names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = Deno.env.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

// Its work and its start are as long as they are. The server's is short, and everybody waits for it.
function giveWay(pid: number): void {
  try {
    setPriority(pid, BELOW_THE_SERVER);
  } catch {
    // Where the system does not let us, they share as equals; one that has ended at once has given way.
  }
}
