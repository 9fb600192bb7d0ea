import { DatabaseSync } from "node:sqlite";

/** Each step leads from the version that is its index to the next. A step that was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (
     key BLOB NOT NULL UNIQUE, value TEXT NOT NULL, version INTEGER NOT NULL, expires_ms REAL
   ) STRICT;
   CREATE INDEX records_by_expiry ON records (expires_ms) WHERE expires_ms IS NOT NULL;
   INSERT INTO meta VALUES ('commits', 0);`,
];

// "Atol": what `file` and SQLite's own tools know the file by.
const APPLICATION_ID = 0x41746f6c;
const WAIT_MS = 5000;

/** The rights of a connection. */
export interface ConnectOptions {
  /** The most bytes that the file may grow to. */
  readonly maxBytes: number;
}

/** A connection that loses nothing it has committed: WAL, with an fsync at each commit. */
export function connect(path: string, { maxBytes }: ConnectOptions): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: WAIT_MS });
  try {
    // Freed pages of a new database can be given back to the disk. Not asked of an old one: it would write.
    const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
    if (pages === 0) db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    const { journal_mode: mode } = db.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string };
    if (mode !== "wal") throw new Error(`SQLite cannot keep a write-ahead log there (it says "${mode}")`);
    // Checkpoints are made by the writer, between commits, where their errors are seen.
    db.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864");
    const { page_size: pageBytes } = db.prepare("PRAGMA page_size").get() as { page_size: number };
    db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Checks that this version can use the file, without changing it. @throws {Error} */
export function inspectFile(path: string, steps: readonly string[] = MIGRATIONS): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS });
  try {
    const { application_id: id } = db.prepare("PRAGMA application_id").get() as { application_id: number };
    const { tables } = db.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
    if (id !== APPLICATION_ID && tables > 0) throw new Error("it is the database of another program");
    const version = schemaOf(db);
    if (version > steps.length) {
      throw new Error(`a newer version wrote it (schema ${version}, this one knows ${steps.length})`);
    }
  } finally {
    db.close();
  }
}

/** Brings the schema up to date: all steps that are missing, or none. */
export function migrate(db: DatabaseSync, steps: readonly string[] = MIGRATIONS): void {
  // Writes nothing if nothing is missing: a full disk must not prevent a start.
  if (schemaOf(db) === steps.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(`PRAGMA application_id = ${APPLICATION_ID};
      CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
      INSERT OR IGNORE INTO meta VALUES ('schema', 0)`);
    const version = schemaOf(db);
    for (const step of steps.slice(version)) db.exec(step);
    db.prepare("UPDATE meta SET value = ? WHERE name = 'schema'").run(steps.length);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function schemaOf(db: DatabaseSync): number {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get()) return 0;
  const row = db.prepare("SELECT value FROM meta WHERE name = 'schema'").get() as
    | { value: number }
    | undefined;
  return row?.value ?? 0;
}
