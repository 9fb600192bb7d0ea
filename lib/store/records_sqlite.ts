import { Buffer } from "node:buffer";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Fault } from "@/lib/value/fault.ts";
import type {
  CommitOptions,
  Key,
  ListOptions,
  Op,
  RecordSize,
  Store,
  StoredRecord,
  StoreNews,
  StoreOptions,
  WatchOptions,
} from "./records.ts";
import { type FileIds, fileIds, goneFrom } from "./file_id.ts";
import { packCommit } from "./records_commit.ts";
import { type PackedKey, packKey, rangeOf, unpackKey } from "./records_key.ts";
import { type FileLock, lockFile } from "./records_lock.ts";
import { connect, inspectFile, migrate } from "./records_schema.ts";
import { GroupWriter } from "./records_sqlite_group.ts";
import { unpackValue } from "./records_value.ts";
import { Watchers } from "./records_watch.ts";
import { failureOf, isOfSqlite } from "./sqlite_failure.ts";

/** Options of {@linkcode sqliteStore}. */
export interface SqliteStoreOptions extends StoreOptions {
  /** The file, made when it is not there, on a local disk. Its log and its lock stand beside it. */
  readonly path: string;
  /** The most bytes that the file may grow to; past it commits fail with `no_space`. Default 8 GiB. */
  readonly maxBytes?: number | undefined;
}

/** Room for the index of the log, which SQLite makes at each start: a start needs no free disk. */
const ROOM_BYTES = 262_144;
const LIST_RECORDS = 64;
const LIST_SIZES = 1000;
const COLUMNS = "SELECT key, value, version, expires_ms FROM records";
const SIZES = "SELECT key, version, length(key) + octet_length(value) AS size FROM records";
const ALIVE = "(expires_ms IS NULL OR expires_ms > ?)";

/**
 * Keeps records in an SQLite file. Commits that are asked for in one turn, or while others are being written, share one
 * transaction and one fsync. A worker writes, so that nothing else waits for the disk; reads are done here at once.
 *
 * @throws {Error} when another process has the file, or the file is foreign, of a newer version, or damaged. It is left
 * as it was.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, maxBytes = 8 * 1024 ** 3, now = Date.now, told } = options;
  using opened = new DisposableStack();
  try {
    const file = prepareFile(path);
    const lock = opened.use(lockFile(`${file}.lock`, { itself: file, roomBytes: ROOM_BYTES }));
    const lost = lossAt(file, lock);
    const reader = opened.adopt(
      openFile(file, maxBytes, lock),
      (db) => leftOpen.has(db) || db.isOpen && db.close(),
    );
    // The reader has read: its log is there.
    const files = fileIds([file, `${file}-wal`]);
    const writer = await GroupWriter.open({ file, files, maxBytes, now, told });
    lock.takeRoom();
    if (lost !== undefined) told?.({ type: "lost", message: `The store ${path} ${lost}` });
    return new SqliteStore({ reader, writer, lock, files, opened: opened.move(), now, told });
  } catch (cause) {
    throw new Error(`The store ${path} cannot be opened: ${whyNot(cause)}`, { cause });
  }
}

/** Why a file cannot be opened. SQLite and the system say that it cannot; that it is a matter of rights is added. */
export function whyNot(cause: unknown): string {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (!/unable to open database|readonly database|permission denied|operation not permitted/i.test(why)) {
    return why;
  }
  return `${why}. The user that runs the server must own it, the folder, and all files beside it whose names begin alike`;
}

/** Connections that stay open until the process ends: the collector closes what nothing holds. */
const leftOpen = new Set<DatabaseSync>();

/** The parts of an open store. */
interface Parts {
  readonly reader: DatabaseSync;
  readonly writer: GroupWriter;
  readonly lock: FileLock;
  readonly files: FileIds;
  /** The lock and the reader, to be closed last. */
  readonly opened: Disposable;
  readonly now: () => number;
  readonly told: ((news: StoreNews) => void) | undefined;
}

class SqliteStore implements Store {
  readonly #parts: Parts;
  readonly #get: StatementSync;
  readonly #lists: Statements;
  readonly #sizes: Statements;
  readonly #watchers = new Watchers();
  #closing: Promise<void> | undefined;
  #hasWritten = false;
  #isReadable = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { reader: db } = parts;
    const range = `WHERE key >= ? AND key < ? AND ${ALIVE} ORDER BY key`;
    const both = (columns: string): Statements => ({
      forward: db.prepare(`${columns} ${range} LIMIT ?`),
      backward: db.prepare(`${columns} ${range} DESC LIMIT ?`),
    });
    this.#get = db.prepare(`${COLUMNS} WHERE key = ? AND ${ALIVE}`);
    this.#lists = both(COLUMNS);
    this.#sizes = both(SIZES);
  }

  async get(key: Key): Promise<StoredRecord | undefined> {
    this.#mustBeOpen();
    const row = this.#read(() => this.#get.get(bytesOf(packKey(key)), this.#parts.now())) as Row | undefined;
    return row && recordOf(row);
  }

  async *list(options: ListOptions): AsyncGenerator<StoredRecord, void, undefined> {
    for (const row of this.#rows<Row>(this.#lists, LIST_RECORDS, options)) yield recordOf(row);
  }

  async *sizes(options: ListOptions): AsyncGenerator<RecordSize, void, undefined> {
    for (const row of this.#rows<SizeRow>(this.#sizes, LIST_SIZES, options)) {
      yield { key: unpackKey(keyOf(row)), version: row.version, sizeBytes: row.size };
    }
  }

  *#rows<R extends KeyRow>(statements: Statements, piece: number, options: ListOptions): Generator<R> {
    let { from, to } = rangeOf(options);
    const { reverse = false, limit = Infinity } = options;
    const statement = reverse ? statements.backward : statements.forward;
    // By pieces: a read that stays open would keep the log from being cleared away.
    for (let left = limit; left > 0; left -= piece) {
      this.#mustBeOpen();
      const most = Math.min(left, piece);
      const rows = this.#read(() =>
        statement.all(bytesOf(from), bytesOf(to), this.#parts.now(), most)
      ) as unknown as R[];
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < most) return;
      if (reverse) to = keyOf(last);
      else from = keyOf(last) + "\0";
    }
  }

  async commit(ops: readonly Op[], options?: CommitOptions): Promise<number | undefined> {
    this.#mustBeOpen();
    const commit = packCommit(ops, options);
    const version = await this.#parts.writer.commit(commit);
    if (version === 0) return undefined;
    if (!this.#hasWritten) {
      this.#hasWritten = true;
      this.#parts.lock.note("written");
    }
    this.#watchers.changed(commit.ops.map(([key]) => key));
    return version;
  }

  watch(prefix: Key, options?: WatchOptions): AsyncIterableIterator<Key> {
    this.#mustBeOpen();
    return this.#watchers.add(prefix, options);
  }

  async sweep(): Promise<number> {
    this.#mustBeOpen();
    const count = await this.#parts.writer.sweep();
    this.#parts.lock.takeRoom();
    return count;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const { writer, reader, lock, files, opened } = this.#parts;
    await writer.close();
    this.#watchers.end();
    // The last connection removes the log by its name: that of another database, if the file was moved or replaced.
    if (goneFrom(files.slice(0, 1)) !== undefined) leftOpen.add(reader);
    else {
      reader.close();
      lock.note("closed");
    }
    opened[Symbol.dispose]();
  }

  // A failure is told once, and each reader is refused.
  #read<T>(read: () => T): T {
    try {
      const result = read();
      this.#isReadable = true;
      return result;
    } catch (error) {
      if (!isOfSqlite(error)) throw error;
      const { message } = failureOf(error);
      if (this.#isReadable) {
        this.#parts.told?.({ type: "failed", message: `The store cannot be read: ${message}` });
      }
      this.#isReadable = false;
      throw new Fault("offline", "The server cannot read its data right now. Try again shortly");
    }
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new Error("The store is closed");
  }
}

/** Statements over a range of keys. */
interface Statements {
  readonly forward: StatementSync;
  readonly backward: StatementSync;
}

interface KeyRow {
  readonly key: Uint8Array;
}

interface SizeRow extends KeyRow {
  readonly version: number;
  readonly size: number;
}

interface Row extends KeyRow {
  readonly value: string;
  readonly version: number;
  readonly expires_ms: number | null;
}

function recordOf(row: Row): StoredRecord {
  const { value, version, expires_ms: expiresMs } = row;
  return {
    key: unpackKey(keyOf(row)),
    value: unpackValue(value),
    version,
    expiresMs: expiresMs ?? undefined,
  };
}

function keyOf({ key }: KeyRow): PackedKey {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

function bytesOf(key: PackedKey): Uint8Array {
  return Buffer.from(key, "latin1");
}

/** Makes folder and file where they are missing, for this user only, and gives the path without links. */
function prepareFile(path: string): string {
  const whole = resolve(path);
  Deno.mkdirSync(dirname(whole), { recursive: true, mode: 0o700 });
  try {
    return Deno.realPathSync(whole);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.openSync(whole, { create: true, append: true, mode: 0o600 }).close();
  return join(Deno.realPathSync(dirname(whole)), basename(whole));
}

function openFile(file: string, maxBytes: number, lock: FileLock): DatabaseSync {
  const { isFile, size, nlink } = Deno.statSync(file);
  if (!isFile) throw new Error("it is not a file");
  if ((nlink ?? 1) > 1) {
    throw new Error(
      "it has a second name, a hard link. SQLite keeps its log by name, so each would miss the other's",
    );
  }
  if (size > 0) withRoom(lock, () => inspectFile(file));
  const db = withRoom(lock, () => connect(file, { maxBytes }));
  try {
    migrate(db);
    db.exec("PRAGMA query_only = ON");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Works on a full disk too, in the room that the lock file holds for it. */
function withRoom<T>(lock: FileLock, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (failureOf(error).why !== "full") throw error;
    lock.giveRoom();
    return work();
  }
}

/** Records of an earlier process that are missing now. */
function lossAt(file: string, { before }: FileLock): string | undefined {
  if (before === "none") return undefined;
  if (sizeOf(file) === 0) return "is gone or empty, and was used before: it begins as a new one";
  if (before !== "written" || sizeOf(`${file}-wal`) > 0) return undefined;
  return `has lost its log (${basename(file)}-wal is gone or empty): what was written last is missing`;
}

function sizeOf(file: string): number {
  try {
    return Deno.statSync(file).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
