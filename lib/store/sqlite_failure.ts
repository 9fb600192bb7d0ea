/**
 * Kinds of failures. `full`: no room, nothing was written. `busy`: another program holds the database, nothing was
 * written. `damaged`: the file is malformed. `gone`: the path no longer names the file. `io`: the disk, or anything
 * else; whether the commit was written is not known.
 */
export type SqliteFailureKind = "full" | "busy" | "damaged" | "gone" | "io";

/** A failure of SQLite as it travels between threads. */
export interface SqliteFailure {
  /** The kind of failure, in one word. */
  readonly why: SqliteFailureKind;
  /** The text of SQLite. */
  readonly message: string;
}

const KINDS: Readonly<Record<number, SqliteFailureKind>> = {
  5: "busy",
  6: "busy",
  11: "damaged",
  13: "full",
  26: "damaged",
};
/** `SQLITE_IOERR_SHMSIZE`: a full disk when the index of the log has to grow. */
const NO_ROOM_FOR_INDEX = 4874;

/** The failure behind what SQLite threw. */
export function failureOf(error: unknown): SqliteFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return { why: code === NO_ROOM_FOR_INDEX ? "full" : KINDS[code & 0xff] ?? "io", message };
}

/** Whether SQLite threw this. */
export function isOfSqlite(error: unknown): boolean {
  return codeOf(error) !== 0;
}

function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode
    : 0;
}
