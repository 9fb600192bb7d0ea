import { setImmediate } from "node:timers";
import { Fault } from "@/lib/value/fault.ts";
import { flatten, type PackedCommit } from "./records_commit.ts";
import type { WriterReply, WriterRequest } from "./records_sqlite_writer.ts";

// One transaction is bounded, so that a flood does not make those at its head wait for its tail.
const GROUP_COMMITS = 1000;
const GROUP_BYTES = 4 * 1_048_576;
const SWEEP_RECORDS = 1000;

/** Something for the writer, and who waits for it. */
interface Job {
  /** `undefined`: sweep. */
  readonly commit: PackedCommit | undefined;
  /** The version, 0 for a check that did not hold; or how many were swept. */
  readonly resolve: (result: number) => void;
  readonly reject: (error: unknown) => void;
}

/** What {@linkcode GroupWriter.open} is told. */
export interface GroupWriterOptions {
  /** The file, ready for use. */
  readonly file: string;
  /** The most bytes that it may grow to. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Group commit: what is asked for in one turn, or while something is being written, goes to the worker as one
 * transaction and is answered after its fsync.
 */
export class GroupWriter {
  readonly #now: () => number;
  readonly #worker = new Worker(new URL("./records_sqlite_writer.ts", import.meta.url), {
    type: "module",
    name: "store writer",
  });
  readonly #jobs: Job[] = [];
  #working: Promise<void> | undefined;
  #reply: (reply: WriterReply) => void = () => {};
  #lost: WriterReply | undefined;
  #closed = false;

  private constructor(now: () => number) {
    this.#now = now;
    this.#worker.onmessage = ({ data }: MessageEvent<WriterReply>) => this.#reply(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lost = { type: "failed", message: event.message, full: false, unharmed: false };
      this.#reply(this.#lost);
    };
  }

  /** Starts the worker. @throws {Error} when it cannot open the file. */
  static async open({ file, maxBytes, now }: GroupWriterOptions): Promise<GroupWriter> {
    const writer = new GroupWriter(now);
    const reply = await writer.#tell({ type: "open", path: file, maxBytes });
    if (reply.type !== "failed") return writer;
    writer.#worker.terminate();
    throw new Error(reply.message);
  }

  /** Resolves when it is on the disk, to its version; 0 when a check did not hold. */
  commit(commit: PackedCommit): Promise<number> {
    return this.#ask(commit);
  }

  /** Removes what has expired, some at a time, and says how many. */
  async sweep(): Promise<number> {
    for (let all = 0;;) {
      const count = await this.#ask(undefined);
      all += count;
      if (count < SWEEP_RECORDS) return all;
    }
  }

  /** Waits for what is under way and ends the worker. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    await this.#tell({ type: "close" });
    this.#worker.terminate();
  }

  #ask(commit: PackedCommit | undefined): Promise<number> {
    if (this.#closed) return Promise.reject(new Error("The store is closed"));
    return new Promise((resolve, reject) => {
      this.#jobs.push({ commit, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // Whoever else commits in this turn comes along.
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
    const nowMs = this.#now();
    const reply = await this.#tell(
      commits.length > 0 ? { type: "write", nowMs, commits } : { type: "sweep", nowMs, most: SWEEP_RECORDS },
    );
    if (reply.type === "failed") {
      const error = failureOf(reply);
      for (const { reject } of jobs) reject(error);
      return;
    }
    const results = reply.type === "written" ? reply.versions : reply.type === "swept" ? [reply.count] : [];
    for (const [at, { resolve }] of jobs.entries()) resolve(results[at] ?? 0);
  }

  #tell(request: WriterRequest): Promise<WriterReply> {
    return new Promise((resolve) => {
      if (this.#lost) return resolve(this.#lost);
      this.#reply = resolve;
      this.#worker.postMessage(request);
    });
  }
}

function failureOf({ message, full, unharmed }: WriterReply & { type: "failed" }): Error {
  const cause = new Error(message);
  if (full) return new Fault("no_space", "The server has no room left", { cause });
  if (unharmed) return new Error(`The store could not be written: ${message}`, { cause });
  return new Error(`The store takes no more until it is opened again, a write failed: ${message}`, { cause });
}
