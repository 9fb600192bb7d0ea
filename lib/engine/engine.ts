import type { CodecContext, StoredFile } from "@/lib/demo/component.ts";
import { type BlobRecord, type Blobs, toRef } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { Queue } from "./queue.ts";
import { type Call, Run, type RunHost } from "./run.ts";
import { base64url, Sessions } from "./sessions.ts";

/** Time as the engine sees it; tests give their own. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back after a while, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
}

/** What the engine is told. */
export interface EngineOptions {
  /** Where the bytes of files are kept. */
  readonly blobs: Blobs;
  /** Its time. */
  readonly clock: Clock;
  /** Random bytes for ids, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array;
  /** Secret that session ids are signed with, 32 bytes or more. */
  readonly secret: Uint8Array;
  /** Runs at once of a group that names no limit. Default 16. */
  readonly concurrencyLimit?: number | null;
  /** Calls that may wait in one group. Default 1,000. */
  readonly queueSize?: number;
  /** Sessions that may hold values. Default 10,000. */
  readonly sessionCapacity?: number;
  /** How long a run goes on with nobody reading it, in milliseconds. Default 60,000. */
  readonly graceMs?: number;
  /** How many finished runs can still be read. Default 1,000. */
  readonly keptRuns?: number;
  /** Logs what broke inside and says what the client may read. */
  readonly broke: (error: unknown) => string;
}

const RUN_ID_BYTES = 12;
/** In base64url. */
const RUN_ID_LENGTH = 16;

/** Runs actions: sessions, queue, handlers, frames. Knows no HTTP. */
export class Engine {
  /** The sessions that it runs for. */
  readonly sessions: Sessions;
  readonly #options: EngineOptions;
  readonly #queue: Queue;
  readonly #runs = new Map<string, Run>();
  /** Runs by session and by the id that their caller chose, as long as they are in `#runs`. */
  readonly #named = new Map<string, Run>();
  readonly #readers = new Map<Run, number>();
  readonly #leaving = new Map<Run, Disposable>();
  readonly #host: RunHost;
  #ids = "";
  #idsUsed = 0;

  /** Makes an engine; nothing runs until a call is submitted. */
  constructor(options: EngineOptions) {
    this.#options = options;
    const { clock, random, secret } = options;
    this.sessions = new Sessions({ secret, random, capacity: options.sessionCapacity ?? 10_000 });
    this.#queue = new Queue({
      limit: options.concurrencyLimit === undefined ? 16 : options.concurrencyLimit,
      size: options.queueSize ?? 1000,
      now: clock.now,
      after: clock.after,
    });
    this.#host = {
      queue: this.#queue,
      now: clock.now,
      after: clock.after,
      codec: (run) => this.#codec(run),
      broke: options.broke,
      ended: (run) => this.#ended(run),
    };
  }

  /**
   * Accepts a call and starts it. Its values are checked first: a refusal throws and nothing runs. A call of an `id`
   * that its session has used before gives the run that was started then.
   *
   * @throws {Fault} `not_found`, `bad_input` with the field.
   */
  submit(call: Call): Run {
    const name = nameOf(call);
    const known = name === undefined ? undefined : this.#named.get(name);
    if (known) return known;
    const run = new Run(this.#runId(), call, this.#host);
    this.#runs.set(run.id, run);
    if (name !== undefined) this.#named.set(name, run);
    run.start().catch((error) => {
      this.#options.broke(error);
      run.cancel();
    });
    return run;
  }

  /** The run of an id, its own or its caller's, if this session started it. @throws {Fault} `not_found` */
  find(id: unknown, session: string): Run {
    const run = typeof id === "string"
      ? this.#runs.get(id) ?? this.#named.get(`${session}/${id}`)
      : undefined;
    if (run?.call.session.id !== session) throw new Fault("not_found", "There is no such run");
    return run;
  }

  /**
   * Says that somebody reads a run, until it is disposed of. A run that nobody has read for the grace time is
   * cancelled: nobody is left to see it.
   */
  attend(run: Run): Disposable {
    this.#readers.set(run, (this.#readers.get(run) ?? 0) + 1);
    this.#leaving.get(run)?.[Symbol.dispose]();
    this.#leaving.delete(run);
    let here = true;
    return {
      [Symbol.dispose]: () => {
        if (!here) return;
        here = false;
        const left = (this.#readers.get(run) ?? 1) - 1;
        if (left > 0) return void this.#readers.set(run, left);
        this.#readers.delete(run);
        if (run.finished) return;
        const { clock, graceMs = 60_000 } = this.#options;
        const own = run.call.demo.actions[run.call.action]?.graceMs;
        this.#leaving.set(run, clock.after(own ?? graceMs, () => run.cancel()));
      },
    };
  }

  /** What is going on: for health checks and tests. */
  get load(): {
    readonly waiting: number;
    readonly busy: number;
    readonly runs: number;
    readonly sessions: number;
  } {
    return { ...this.#queue.load, runs: this.#runs.size, sessions: this.sessions.size };
  }

  /** Cancels everything that runs. */
  close(): void {
    for (const run of this.#runs.values()) run.cancel();
    for (const leaving of this.#leaving.values()) leaving[Symbol.dispose]();
    this.#leaving.clear();
  }

  // Cut from a longer random text: asking for the bytes of one id costs as much as a small handler.
  #runId(): string {
    if (this.#idsUsed === this.#ids.length) {
      this.#ids = base64url(this.#options.random(RUN_ID_BYTES * 128));
      this.#idsUsed = 0;
    }
    return this.#ids.slice(this.#idsUsed, this.#idsUsed += RUN_ID_LENGTH);
  }

  #ended(run: Run): void {
    this.#leaving.get(run)?.[Symbol.dispose]();
    this.#leaving.delete(run);
    // In the order of their start: the ones that were asked for longest ago go first, those that still run stay.
    let over = this.#runs.size - (this.#options.keptRuns ?? 1000);
    for (const [id, old] of this.#runs) {
      if (over <= 0) return;
      if (!old.finished || this.#readers.has(old)) continue;
      this.#runs.delete(id);
      const name = nameOf(old.call);
      if (name !== undefined) this.#named.delete(name);
      over--;
    }
  }

  #codec(run: Run): CodecContext {
    const { blobs } = this.#options;
    const { call } = run;
    const owner = call.session.id;
    return {
      signal: run.signal,
      open: async (ref) => {
        const record = await blobs.get(ref.id);
        if (record?.owner !== owner) {
          throw new Fault("bad_input", "The file is not known here any more. Choose it again");
        }
        return opened(blobs, record, fileUrl(call.page, record.id));
      },
      keep: async (bytes, name) => {
        const record = await blobs.put(bytes, { owner, name, signal: run.signal });
        return toRef(record, fileUrl(call.page, record.id));
      },
    };
  }
}

function nameOf({ id, session }: Call): string | undefined {
  return id === undefined ? undefined : `${session.id}/${id}`;
}

/** Where the page at `page` serves a file. */
export function fileUrl(page: string, id: string): string {
  return `${page === "/" ? "" : page}/files/${id}`;
}

function opened(blobs: Blobs, record: BlobRecord, url: string): StoredFile {
  const gone = () => new Fault("bad_input", `The file ${record.name} is not kept any more. Choose it again`);
  return {
    ...toRef(record, url),
    bytes: async () => {
      const body = await blobs.read(record.id);
      if (!body) throw gone();
      return new Uint8Array(await new Response(body).arrayBuffer());
    },
    stream: () => {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
      blobs.read(record.id).then((body) => {
        if (!body) throw gone();
        return body.pipeTo(writable);
      }).catch((error) => writable.abort(error).catch(() => {}));
      return readable;
    },
  };
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    Deno.unrefTimer(timer);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
