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
  for (let at = 0; at < windows; at++) {
    alone.push(await users.window());
    const crowd = await Crowd.at(base);
    beside.push(await users.window());
    for (const [action, times] of Object.entries(await crowd.end())) {
      done[action] = (done[action] ?? 0) + times;
    }
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

  constructor(base: string) {
    this.#child = start("neighbour.ts", base, ownProcessor());
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

  private constructor(base: string) {
    this.#child = start("crowd.ts", base);
    this.#output = textOf(this.#child);
  }

  /** Resolves when they are at it. */
  static async at(base: string): Promise<Crowd> {
    const crowd = new Crowd(base);
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

function start(file: string, base: string, before: readonly string[] = []): Deno.ChildProcess {
  const path = new URL(file, import.meta.url).pathname;
  const [program = "", ...args] = [
    ...before,
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    "--no-check",
    path,
    base,
  ];
  return new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
}

// The machine of a user is not one on which the server runs handlers: users keep to the processor that handlers leave
// alone, with and without the bad ones.
function ownProcessor(): string[] {
  try {
    const first = /^Cpus_allowed_list:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    if (first === undefined || !new Deno.Command("taskset", { args: ["--version"] }).outputSync().success) {
      return [];
    }
    return ["taskset", "-c", first];
  } catch {
    return [];
  }
}

function textOf(child: Deno.ChildProcess): ReadableStreamDefaultReader<string> {
  return child.stdout.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
}
