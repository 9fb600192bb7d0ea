import { processorsOfHandlers } from "@/lib/engine/pool/processors.ts";
import type { TestServer } from "@/tests/server.ts";

const WINDOW_MS = 1000;

/** What users of a server have to wait, alone and beside bad neighbours. */
export interface Compared {
  /** The p99 of an echo in each window without the bad ones, in milliseconds. */
  readonly alone: readonly number[];
  /** The same in the windows with them. */
  readonly beside: readonly number[];
  /** How often each of the bad ones came, by what it did. */
  readonly done: Readonly<Record<string, number>>;
}

/**
 * Measures windows with three bad clients and windows without them in turn, so that what else the machine does falls on
 * both. The server's page is the torture demo.
 */
export async function compare({ base }: TestServer, users: Neighbours, windows: number): Promise<Compared> {
  const [alone, beside]: [number[], number[]] = [[], []];
  const done: Record<string, number> = {};
  // The first of each is not counted: what the bad ones ask for is new to the server.
  for (let at = -1; at < windows; at++) {
    const quiet = await users.window();
    const crowd = await Crowd.at(base);
    const loud = await users.window();
    const came = await crowd.end();
    if (at === -1) continue;
    alone.push(quiet);
    beside.push(loud);
    for (const [action, times] of Object.entries(came)) done[action] = (done[action] ?? 0) + times;
  }
  return { alone, beside, done };
}

/** The middle one: one bad window on a busy machine decides nothing. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Users in a process of their own, see `neighbour.ts`. */
export class Neighbours implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  /** Resolves when they have asked for a while, so that nothing is new to them or to the server. */
  static async at(base: string): Promise<Neighbours> {
    const users = new Neighbours(await start("neighbour.ts", base));
    await users.window();
    // Only their main thread, which is short: what V8 does beside it may take its time.
    await works("chrt", "-f", "-p", "1", `${users.#child.pid}`);
    return users;
  }

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = this.#child.stdin.getWriter();
    this.#output = textOf(this.#child);
  }

  /** The p99 of an echo over a while, in milliseconds. */
  async window(): Promise<number> {
    await this.#input.write(new TextEncoder().encode(`${WINDOW_MS}\n`));
    return Number((await this.#output.read()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#child.status;
  }
}

/** Three bad clients, see `crowd.ts`. */
class Crowd {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#output = textOf(this.#child);
  }

  /** Resolves when they are at it. */
  static async at(base: string): Promise<Crowd> {
    const crowd = new Crowd(await start("crowd.ts", base));
    await crowd.#output.read();
    return crowd;
  }

  /** Ends them, and says how often each has come. */
  async end(): Promise<Record<string, number>> {
    await this.#child.stdin.close();
    const { value = "{}" } = await this.#output.read();
    await this.#output.cancel();
    await this.#child.status;
    return JSON.parse(value);
  }
}

// Clients stand for other machines: none takes the processor that handlers leave to the server, and those who measure wait
// for nobody. Where the system does not let us, they share what there is.
async function start(file: string, base: string): Promise<Deno.ChildProcess> {
  const path = new URL(file, import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", path, base];
  const apart = ["taskset", "-c", processorsOfHandlers() ?? ""] as const;
  const [program = "", ...args] = await works(...apart, "true") ? [...apart, ...deno] : deno;
  return new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
}

async function works(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

function textOf(child: Deno.ChildProcess): ReadableStreamDefaultReader<string> {
  return child.stdout.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
}
