import { Fault } from "@/lib/value/fault.ts";
import { Messages } from "./codec.ts";
import type { HandlerProcess, ProcessEnd } from "./handler_process.ts";
import { type FromHandler, isFromHandler } from "./message.ts";
import type { Death } from "./port.ts";

/** The listener of a child process. */
export interface ChildEvents {
  /** It sent a message. */
  readonly message: (message: FromHandler) => void;
  /** It is gone, and nobody asked for that. */
  readonly died: (death: Death) => void;
  /** It printed. */
  readonly print: (bytes: Uint8Array) => void;
}

const TAIL_CHARACTERS = 4000;
const MOST_PRINTED_BYTES = 256 * 2 ** 10;
const OUT_OF_MEMORY = /out of memory|memory allocation of \d+ bytes failed/i;

/** A process of handlers and its pipes. */
export class Child {
  readonly #process: HandlerProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #over: Promise<void>;
  readonly #events: ChildEvents;
  #ended = false;
  #tail = "";
  #printed = 0;

  /** Follows one that was just started, and is its own from now on. */
  constructor(process: HandlerProcess, events: ChildEvents) {
    this.#events = events;
    this.#process = process;
    this.#writer = this.#process.stdin.getWriter();
    // A blocked process would not notice that its server has gone.
    addEventListener("unload", this.#kill);
    this.#over = this.#follow();
  }

  /** Writes to it; in order, at its own pace. */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    // That it is gone is noticed by its status.
    this.#writer.write(bytes).catch(() => {});
  }

  /** Kills it, and resolves when it is gone. */
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
      this.#process.kill();
    } catch {
      // It is gone already: there is nothing to end.
    }
  };

  #deathOf({ code, signal }: ProcessEnd): Death {
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
