/**
 * The writing half of `sqliteStore()`, in a worker of its own: an fsync takes milliseconds during which nothing else
 * runs in its thread. It answers one request at a time.
 */
import { Buffer } from "node:buffer";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type FlatCommits, type PackedCommit, unflatten } from "./records_commit.ts";
import type { PackedKey } from "./records_key.ts";
import { connect } from "./records_schema.ts";

/** What the writer is asked. */
export type WriterRequest =
  | { readonly type: "open"; readonly path: string; readonly maxBytes: number }
  | { readonly type: "write"; readonly nowMs: number; readonly commits: FlatCommits }
  | { readonly type: "sweep"; readonly nowMs: number; readonly most: number }
  | { readonly type: "close" };

/** What it answers. */
export type WriterReply =
  | { readonly type: "done" }
  /** A version for each commit, 0 where a check did not hold. */
  | { readonly type: "written"; readonly versions: readonly number[] }
  | { readonly type: "swept"; readonly count: number }
  /** `unharmed`: nothing was written and the next request may succeed; `full`: for want of room. */
  | {
    readonly type: "failed";
    readonly message: string;
    readonly unharmed: boolean;
    readonly full: boolean;
  };

const CHECKPOINT_BYTES = 4 * 1_048_576;
// About what a record costs the log beside its text: a page in the table, parts of two in the indexes.
const RECORD_BYTES = 4096;

class Writer {
  readonly #db: DatabaseSync;
  readonly #version: StatementSync;
  readonly #set: StatementSync;
  readonly #delete: StatementSync;
  readonly #sweep: StatementSync;
  readonly #count: StatementSync;
  // Prepared, because what `exec` throws has no error code.
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #checkpoint: StatementSync;
  #commits: number;
  /** About how much the log holds that is not in the database file. */
  #logBytes = 0;

  constructor(path: string, maxBytes: number) {
    const db = this.#db = connect(path, { maxBytes });
    this.#version = db.prepare(
      "SELECT version FROM records WHERE key = ? AND (expires_ms IS NULL OR expires_ms > ?)",
    );
    this.#set = db.prepare(
      `INSERT INTO records (key, value, version, expires_ms) VALUES (?, ?, ?, ?) ON CONFLICT (key)
       DO UPDATE SET value = excluded.value, version = excluded.version, expires_ms = excluded.expires_ms`,
    );
    this.#delete = db.prepare("DELETE FROM records WHERE key = ?");
    this.#sweep = db.prepare(
      "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires_ms <= ? LIMIT ?)",
    );
    this.#count = db.prepare("UPDATE meta SET value = ? WHERE name = 'commits'");
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
    this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    const row = db.prepare("SELECT value FROM meta WHERE name = 'commits'").get() as { value: number };
    this.#commits = row.value;
  }

  /** All commits in one transaction, behind one fsync. */
  write(commits: FlatCommits, nowMs: number): number[] {
    return this.#transaction(() => {
      const versions = Array.from(unflatten(commits), (commit) => this.#apply(commit, nowMs));
      this.#count.run(this.#commits);
      return versions;
    });
  }

  sweep(nowMs: number, most: number): number {
    const count = this.#transaction(() => Number(this.#sweep.run(nowMs, most).changes));
    this.#logBytes += count * RECORD_BYTES;
    return count;
  }

  /** Moves what the log holds to the database file once it is worth it. */
  checkpoint(): void {
    if (this.#logBytes < CHECKPOINT_BYTES) return;
    this.#checkpoint.all();
    this.#logBytes = 0;
  }

  close(): void {
    this.#db.close();
  }

  #apply({ checks, ops, sizeBytes }: PackedCommit, nowMs: number): number {
    for (const [key, version] of checks) {
      const row = this.#version.get(bytesOf(key), nowMs) as { version: number } | undefined;
      if ((row?.version ?? 0) !== version) return 0;
    }
    const version = ++this.#commits;
    for (const [key, text, expiresMs] of ops) {
      if (text === null) this.#delete.run(bytesOf(key));
      else this.#set.run(bytesOf(key), text, version, expiresMs);
    }
    this.#logBytes += sizeBytes + ops.length * RECORD_BYTES;
    return version;
  }

  #transaction<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#rollback.run();
      throw error;
    }
  }
}

let writer: Writer | undefined;
let failure: WriterReply | undefined;

function answer(request: WriterRequest): WriterReply {
  switch (request.type) {
    case "open":
      writer = new Writer(request.path, request.maxBytes);
      return { type: "done" };
    case "write":
      return { type: "written", versions: writer?.write(request.commits, request.nowMs) ?? [] };
    case "sweep":
      return { type: "swept", count: writer?.sweep(request.nowMs, request.most) ?? 0 };
    case "close":
      writer?.close();
      return { type: "done" };
  }
}

function caught<T>(work: () => T): T | WriterReply {
  try {
    return work();
  } catch (error) {
    const { message, errcode = 0 } = error as Error & { errcode?: number };
    // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE, which is what a full disk says when the log's index has to grow.
    const full = (errcode & 0xff) === 13 || errcode === 4874;
    const busy = (errcode & 0xff) === 5;
    return { type: "failed", message, full, unharmed: full || busy };
  }
}

self.addEventListener("message", ({ data }: MessageEvent<WriterRequest>) => {
  // After a write or fsync of unknown result nothing may be acknowledged: the next fsync may wrongly say that all is well.
  const reply = data.type !== "close" && failure ? failure : caught(() => answer(data));
  if (reply.type === "failed" && !reply.unharmed) failure = reply;
  self.postMessage(reply);
  if (reply.type === "failed" || data.type === "close") return;
  const after = caught(() => writer?.checkpoint());
  if (after?.type === "failed" && !after.unharmed) failure = after;
});

function bytesOf(key: PackedKey): Uint8Array {
  return Buffer.from(key, "latin1");
}
