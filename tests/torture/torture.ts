import assert from "node:assert/strict";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import type { TestServer } from "@/tests/server.ts";
import { until } from "@/tests/until.ts";
import type { Census } from "./routes/(_torture)/census.ts";

/** What the server says of itself. */
export interface Counted extends Census {
  readonly load: Readonly<Record<"waiting" | "busy" | "runs" | "sessions" | "streams", number>>;
  readonly pools: Readonly<Record<"seats" | "busy" | "waiting" | "abandoned" | "deaths", number>>;
  /** Open files of the process, as the system counts them. */
  readonly files: number;
  /** Child processes. */
  readonly children: number;
}

/** An answer that was received. */
export interface Received {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of its text, as far as it was read. */
  text: string;
}

/** How a call came out. */
export interface Called {
  readonly status: number;
  readonly frames: readonly Frame[];
  /** What the page shows in a field at the end. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly outcome: string | undefined;
  /** Code of what failed last, or of the refusal. */
  readonly code: string | undefined;
}

/** What a call may be told. */
export interface CallOptions {
  readonly session?: string;
  readonly id?: string;
  readonly base?: string;
  /** Path of another page than the torture demo. */
  readonly page?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

const KEPT_LETTERS = 20_000;
const PAGE = "/torture";

/** A server under torture, and everything that it has answered since the last case. */
export class Torture {
  readonly server: TestServer;
  /** What was received since the last case. */
  readonly received: Received[] = [];
  #client = Deno.createHttpClient({});

  constructor(server: TestServer) {
    this.server = server;
  }

  /** As `fetch`, of a path; what comes back is looked through after the case. */
  async fetch(path: string, init: RequestInit & { base?: string } = {}): Promise<Response> {
    const url = (init.base ?? this.server.base) + path;
    const response = await fetch(url, { ...init, client: this.#client } as RequestInit);
    const { status, headers } = response;
    const received: Received = { url, status, headers, text: "" };
    this.received.push(received);
    if (!response.body) return response;
    const decoder = new TextDecoder();
    const body = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>(
        {
          transform: (piece, controller) => {
            if (received.text.length < KEPT_LETTERS) received.text += decoder.decode(piece, { stream: true });
            controller.enqueue(piece);
          },
        },
        { highWaterMark: 1 },
        { highWaterMark: 0 },
      ),
    );
    return new Response(status === 204 ? null : body as ReadableStream<Uint8Array<ArrayBuffer>>, {
      status,
      headers,
    });
  }

  /** Ends the connections that are kept for later. */
  hangUp(): void {
    this.#client.close();
    this.#client = Deno.createHttpClient({});
  }

  /** Ends all connections. */
  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** Token of a new session. */
  async session(): Promise<string> {
    const html = await (await this.fetch(PAGE)).text();
    const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
    assert.ok(token, "the page names no session");
    return token;
  }

  /** Sends a body to the page, as its script does. */
  async post(body: unknown, { base, page = PAGE, headers, signal }: CallOptions = {}): Promise<Response> {
    return await this.fetch(page, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      ...(base === undefined ? {} : { base }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Starts an action and gives the answer as it begins. */
  async start(
    action: string,
    input: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<Response> {
    const session = options.session ?? await this.session();
    return await this.post({ action, input, session, id: options.id }, options);
  }

  /** Runs an action to its end. */
  async call(
    action: string,
    input: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<Called> {
    return await readAll(await this.start(action, input, options));
  }

  /** Reads a run again. */
  async resume(run: string, after: unknown, session: string, options: CallOptions = {}): Promise<Called> {
    return await readAll(await this.post({ resume: run, after, session }, options));
  }

  /** Cancels a run and gives the status. */
  async cancel(run: string, session: string): Promise<number> {
    const response = await this.post({ cancel: run, session });
    await response.text();
    return response.status;
  }

  /** Waits until what is counted is as it has to be. */
  async until(right: (counted: Counted) => boolean): Promise<void> {
    await until(() => this.count(), right);
  }

  /** Waits until nothing runs and nothing waits. */
  async emptied(): Promise<void> {
    await this.until(({ load }) => load.busy === 0 && load.waiting === 0);
  }

  /** Counts what the server has, from within and from outside. */
  async count(): Promise<Counted> {
    const census = await (await fetch(`${this.server.base}/census`, { client: this.#client } as RequestInit))
      .json();
    const { pid } = this.server;
    return { ...census, files: filesOf(pid), children: childrenOf(pid) };
  }
}

/** An id for a call, as a page chooses one. */
export function newId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads an answer to its end. */
export async function readAll(answer: Response): Promise<Called> {
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) {
    const { error } = await answer.json() as { error?: { code: string } };
    return { status: answer.status, frames: [], values: {}, outcome: undefined, code: error?.code };
  }
  const frames: Frame[] = [];
  for await (const frame of readFrames(answer.body as ReadableStream<Uint8Array>)) frames.push(frame);
  return { status: answer.status, ...outcomeOf(frames) };
}

/** What frames come to. */
export function outcomeOf(frames: readonly Frame[]): Omit<Called, "status"> {
  const values: Record<string, unknown> = {};
  let outcome: string | undefined;
  let code: string | undefined;
  for (const frame of frames) {
    if (frame.type === "done") outcome = frame.outcome;
    if (frame.type === "failed") code = frame.code;
    if (frame.type !== "output") continue;
    for (const [key, value] of Object.entries(frame.values)) {
      values[key] = frame.mode === "append" ? `${values[key] ?? ""}${value}` : value;
    }
  }
  return { frames, values, outcome, code };
}

function filesOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

function childrenOf(pid: number): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = Deno.readTextFileSync(`/proc/${name}/stat`);
      if (Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]) === pid) count++;
    } catch {
      // It has ended meanwhile.
    }
  }
  return count;
}
