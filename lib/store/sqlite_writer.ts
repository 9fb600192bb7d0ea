import { Buffer } from "node:buffer";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type FileIds, goneFrom } from "./file_id.ts";
import { type FlatCommits, type PackedCommit, unflatten } from "./records_commit.ts";
import type { PackedKey } from "./records_key.ts";
import { failureOf, type SqliteFailure } from "./sqlite_failure.ts";

/** Requests to the writer. */
export type WriterRequest =
  | { readonly type: "open"; readonly path: string; readonly maxBytes: number; readonly files: FileIds }
  | { readonly type: "write"; readonly nowMs: number; readonly commits: FlatCommits }
  | { readonly type: "sweep"; readonly nowMs: number }
  | { readonly type: "close" };

/** Replies of the writer. */
export type WriterReply =
  | { readonly type: "done" }
  /** A version for each commit, 0 where a check did not hold. */
  | { readonly type: "written"; readonly versions: readonly number[] }
  /** `more`: there is more to remove, or to give back to the disk. */
  | { readonly type: "swept"; readonly count: number; readonly more: boolean }
  | { readonly type: "failed" } & SqliteFailure;

/** Opens a connection. */
export type Connect = () => DatabaseSync;

const CHECKPOINT_BYTES = 4 * 1_048_576;
// About what a record costs the log beside its text: a page in the table, parts of two in the indexes.
const RECORD_BYTES = 4096;
/** A sweep holds commits up for about this long. */
const SWEEP_MS = 10;
const SWEEP_RECORDS = 20;
const VACUUM_PAGES = 256;
/** Free pages are given back to the disk from this many on, if they are also a quarter of the file. */
const FREE_PAGES = 1024;

/**
 * The connection that writes. After a failed write or fsync it closes the connection and opens another one with the
 * next request. That request is safe. The failed frames lie behind the end of the log that other connections know,
 * so the next commit overwrites them. Its own data was written after the failure.
 *
 * A damaged database is not written again: a repair needs a backup, not another try.
 *
 * SQLite writes on into a file that was removed, moved, replaced or emptied, where the next start does not find it. So the
 * paths are compared before a write, which is refused, and after its fsync. After a write into a file that is gone
 * nothing is written any more: if that file came back, it would hold what was refused.
 */
export class SqliteWriter {
  readonly #connect: Connect;
  readonly #files: FileIds;
  #open: OpenWriter | undefined;
  #damage: WriterReply | undefined;
  /** Whether something was written: then no file is empty. */
  #hasWritten = false;

  /** Opens nothing yet. `files` are those of the database, as they were opened. */
  constructor(connect: Connect, files: FileIds = []) {
    this.#connect = connect;
    this.#files = files;
  }

  /** Opens the database. */
  open(): WriterReply {
    return this.#try(() => ({ type: "done" }));
  }

  /** Writes all commits in one transaction, behind one fsync. */
  write(commits: FlatCommits, nowMs: number): WriterReply {
    return this.#change((open) => ({ type: "written", versions: open.write(commits, nowMs) }));
  }

  /** Removes some of the records whose time is up, and gives free pages back to the disk. */
  sweep(nowMs: number): WriterReply {
    return this.#change((open) => ({ type: "swept", ...open.sweep(nowMs) }));
  }

  /** Moves what the log holds to the database file once it is worth it. A failure is noticed by the next request. */
  checkpoint(): void {
    if (this.#open) this.#try((open) => (open.checkpoint(), { type: "done" }));
  }

  /** Closes the connection. */
  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }

  #change(work: (open: OpenWriter) => WriterReply): WriterReply {
    // Before a connection is opened too: that would make a new file.
    const before = this.#gone();
    if (before) return before;
    const reply = this.#try(work);
    if (reply.type === "failed") return reply;
    // A sweep without a record, and a commit whose check does not hold, write nothing.
    if (reply.type === "written" && reply.versions.some((version) => version > 0)) this.#hasWritten = true;
    const after = this.#gone();
    if (after) this.#damage = after;
    return after ?? reply;
  }

  #gone(): WriterReply | undefined {
    const path = goneFrom(this.#files, { mayBeEmpty: !this.#hasWritten });
    if (path === undefined) return undefined;
    const message = `${path} was removed, moved, replaced or emptied. Put it back, or restart the server`;
    return { type: "failed", why: "gone", message };
  }

  #try(work: (open: OpenWriter) => WriterReply): WriterReply {
    if (this.#damage) return this.#damage;
    try {
      return work(this.#open ??= new OpenWriter(this.#connect()));
    } catch (error) {
      const reply: WriterReply = { type: "failed", ...failureOf(error) };
      if (reply.why === "damaged") this.#damage = reply;
      if (reply.why !== "full" && reply.why !== "busy") this.#abandon();
      return reply;
    }
  }

  #abandon(): void {
    try {
      this.close();
    } catch {
      // The failure that led here is the one to tell.
      this.#open = undefined;
    }
  }
}

class OpenWriter {
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
  readonly #vacuum: StatementSync;
  readonly #pages: StatementSync;
  readonly #freePages: StatementSync;
  readonly #canShrink: boolean;
  #commits: number;
  /** About how much the log holds that is not in the database file. */
  #logBytes = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
    try {
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
      this.#vacuum = db.prepare(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
      this.#pages = db.prepare("PRAGMA page_count");
      this.#freePages = db.prepare("PRAGMA freelist_count");
      this.#canShrink = numberOf(db.prepare("PRAGMA auto_vacuum")) === 2;
      this.#commits = numberOf(db.prepare("SELECT value FROM meta WHERE name = 'commits'"));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  write(commits: FlatCommits, nowMs: number): number[] {
    return this.#transaction(() => {
      const versions = Array.from(unflatten(commits), (commit) => this.#apply(commit, nowMs));
      this.#count.run(this.#commits);
      return versions;
    });
  }

  sweep(nowMs: number): { readonly count: number; readonly more: boolean } {
    const endMs = performance.now() + SWEEP_MS;
    const { count, more } = this.#transaction(() => {
      for (let count = 0;;) {
        const swept = Number(this.#sweep.run(nowMs, SWEEP_RECORDS).changes);
        count += swept;
        if (swept < SWEEP_RECORDS) return { count, more: false };
        if (performance.now() >= endMs) return { count, more: true };
      }
    });
    this.#logBytes += count * RECORD_BYTES;
    return { count, more: more || this.#shrink() };
  }

  checkpoint(): void {
    if (this.#logBytes < CHECKPOINT_BYTES) return;
    this.#checkpoint.all();
    this.#logBytes = 0;
  }

  close(): void {
    this.#db.close();
  }

  /** Gives some free pages back to the disk; says whether there are more. */
  #shrink(): boolean {
    if (!this.#canShrink || !this.#isLoose()) return false;
    this.#vacuum.all();
    this.#logBytes += VACUUM_PAGES * RECORD_BYTES;
    return this.#isLoose();
  }

  #isLoose(): boolean {
    const free = numberOf(this.#freePages);
    return free > FREE_PAGES && free * 4 > numberOf(this.#pages);
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

function numberOf(statement: StatementSync): number {
  return Object.values(statement.get() ?? {})[0] as number;
}

function bytesOf(key: PackedKey): Uint8Array {
  return Buffer.from(key, "latin1");
}
