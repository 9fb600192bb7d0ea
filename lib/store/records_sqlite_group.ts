import { setImmediate } from "node:timers";
import { Fault } from "@/lib/value/fault.ts";
import type { FileIds } from "./file_id.ts";
import type { StoreNews } from "./records.ts";
import { flatten, type PackedCommit } from "./records_commit.ts";
import type { SqliteFailure } from "./sqlite_failure.ts";
import type { WriterReply, WriterRequest } from "./sqlite_writer.ts";

// One transaction is bounded, so that a flood does not make those at its head wait for its tail.
const GROUP_COMMITS = 1000;
const GROUP_BYTES = 4 * 1_048_576;
/** No commit is smaller to the disk. */
const PAGE_BYTES = 4096;

/** Part of a sweep. */
type Swept = WriterReply & { readonly type: "swept" };

/** A commit or part of a sweep, and its waiting caller. */
type Job = {
  readonly commit: PackedCommit;
  /** The version; 0 for a check that did not hold. */
  readonly resolve: (version: number) => void;
  readonly reject: (error: unknown) => void;
} | {
  readonly commit: undefined;
  readonly resolve: (swept: Swept) => void;
  readonly reject: (error: unknown) => void;
};

/** The thread that writes, as {@linkcode GroupWriter} sees it. */
export interface WriterPort {
  /** Called with each reply. */
  onmessage: ((event: MessageEvent<WriterReply>) => void) | null;
  /** Called when the thread breaks down. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Sends a request. */
  postMessage(request: WriterRequest): void;
  /** Ends the thread. */
  terminate(): void;
}

/** Options for {@linkcode GroupWriter.open}. */
export interface GroupWriterOptions {
  /** The file, ready for use. */
  readonly file: string;
  /** The files of the database. While one is gone, nothing is written. Default none. */
  readonly files?: FileIds | undefined;
  /** The most bytes that it may grow to. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Hears once when writing begins to fail, and once when it works again. */
  readonly told?: ((news: StoreNews) => void) | undefined;
  /** Starts the thread. Default a worker. */
  readonly start?: (() => WriterPort) | undefined;
}

/**
 * Group commit: all requests of one turn, or during a write, go to the worker as one transaction. They are answered
 * after its fsync. A failure is reported at once and not retried here: the next request finds out whether the disk
 * works again.
 */
export class GroupWriter {
  readonly #options: GroupWriterOptions;
  readonly #jobs: Job[] = [];
  #port: WriterPort | undefined;
  #working: Promise<void> | undefined;
  #reply: (reply: WriterReply) => void = () => {};
  /** The last reported result, if it was a failure. */
  #failure: { readonly why: SqliteFailure["why"]; readonly sizeBytes: number } | undefined;
  #closed = false;

  private constructor(options: GroupWriterOptions) {
    this.#options = options;
  }

  /** Starts the worker. @throws {Error} when it cannot open the file. */
  static async open(options: GroupWriterOptions): Promise<GroupWriter> {
    const writer = new GroupWriter(options);
    const failure = await writer.#start();
    if (failure === undefined) return writer;
    writer.#port?.terminate();
    throw new Error(failure.message);
  }

  /**
   * Resolves when it is on the disk, to its version; 0 when a check did not hold.
   *
   * @throws {Fault} `no_space`; `offline` when the disk or the database does not take it.
   */
  commit(commit: PackedCommit): Promise<number> {
    return new Promise((resolve, reject) => this.#add({ commit, resolve, reject }));
  }

  /** Removes what has expired, some at a time, and says how many. */
  async sweep(): Promise<number> {
    for (let all = 0;;) {
      const { count, more } = await new Promise<Swept>((resolve, reject) =>
        this.#add({ commit: undefined, resolve, reject })
      );
      all += count;
      if (!more) return all;
    }
  }

  /** Waits for running writes and ends the worker. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    if (this.#port) await this.#tell(this.#port, { type: "close" });
    this.#port?.terminate();
  }

  #add(job: Job): void {
    if (this.#closed) return job.reject(new Error("The store is closed"));
    this.#jobs.push(job);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // Other commits of this turn join it.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#jobs.length > 0) await this.#write(this.#group());
    this.#working = undefined;
  }

  /** The jobs that share the next transaction: one sweep, or commits. */
  #group(): Job[] {
    let [count, sizeBytes] = [0, 0];
    for (const { commit } of this.#jobs) {
      if (commit === undefined || count === GROUP_COMMITS || sizeBytes > GROUP_BYTES) break;
      count++;
      sizeBytes += commit.sizeBytes;
    }
    return this.#jobs.splice(0, count || 1);
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    const commits = flatten(jobs.flatMap(({ commit }) => commit ?? []));
    const nowMs = this.#options.now();
    const reply = await this.#request(
      commits.length > 0 ? { type: "write", nowMs, commits } : { type: "sweep", nowMs },
    );
    const sizeBytes = jobs.reduce((bytes, { commit }) => bytes + (commit?.sizeBytes ?? 0), PAGE_BYTES);
    if (reply.type === "failed") {
      this.#failed(reply, sizeBytes);
      for (const { reject } of jobs) reject(faultOf(reply));
      return;
    }
    this.#wrote(sizeBytes);
    for (const [at, { commit, resolve }] of jobs.entries()) {
      if (commit && reply.type === "written") resolve(reply.versions[at] ?? 0);
      else if (!commit && reply.type === "swept") resolve(reply);
    }
  }

  // A full disk may take small commits and refuse large ones for hours: that is told once, and again for a smaller one.
  #failed({ why, message }: SqliteFailure, sizeBytes: number): void {
    if (this.#failure?.why === why && (why !== "full" || sizeBytes * 2 > this.#failure.sizeBytes)) return;
    this.#failure = { why, sizeBytes };
    this.#options.told?.({ type: "failed", message: `The store cannot be written: ${message}` });
  }

  #wrote(sizeBytes: number): void {
    if (!this.#failure || this.#failure.why === "full" && sizeBytes * 2 <= this.#failure.sizeBytes) return;
    this.#failure = undefined;
    this.#options.told?.({ type: "well", message: "The store can be written again" });
  }

  async #request(request: WriterRequest): Promise<WriterReply> {
    const failure = this.#port ? undefined : await this.#start();
    if (failure || !this.#port) return failure ?? broken("its thread did not start");
    return await this.#tell(this.#port, request);
  }

  /** Starts the writing thread, also to replace a broken one. It returns the failure, if any. */
  async #start(): Promise<WriterReply & { readonly type: "failed" } | undefined> {
    const { maxBytes, files = [], start = startWorker } = this.#options;
    const path = this.#options.file;
    const port = this.#port = start();
    port.onmessage = ({ data }) => this.#reply(data);
    port.onerror = (event) => {
      event.preventDefault();
      port.terminate();
      this.#port = undefined;
      this.#reply(broken(event.message));
    };
    const reply = await this.#tell(port, { type: "open", path, maxBytes, files });
    return reply.type === "failed" ? reply : undefined;
  }

  #tell(port: WriterPort, request: WriterRequest): Promise<WriterReply> {
    return new Promise((resolve) => {
      this.#reply = resolve;
      port.postMessage(request);
    });
  }
}

function startWorker(): WriterPort {
  return new Worker(new URL("./records_sqlite_writer.ts", import.meta.url), {
    type: "module",
    name: "store writer",
  });
}

function broken(message: string): WriterReply & { readonly type: "failed" } {
  return { type: "failed", why: "io", message };
}

// Without a cause: that would be logged for each of them, and the failure is told once.
function faultOf({ why }: SqliteFailure): Fault {
  return why === "full"
    ? new Fault("no_space", "The server has no room left")
    : new Fault("offline", "The server cannot save anything right now. Try again shortly");
}
