import { isFull } from "./disk_file.ts";
import { fileId } from "./file_id.ts";

/** How the last process that held a lock left it: `none`: it was never held, or by an older version. */
export type LeftAs = "none" | "open" | "written" | "closed";

/** A lock that this process holds. */
export interface FileLock extends Disposable {
  /** How the process before this one left it. */
  readonly before: LeftAs;
  /** Notes how the lock would be left if this process ended now. */
  note(leftAs: LeftAs): void;
  /** Frees the room that the lock file holds for a start on a full disk. */
  giveRoom(): void;
  /** Takes that room, if the disk has it. */
  takeRoom(): void;
}

/** Options for {@linkcode lockFile}. */
export interface LockOptions {
  /**
   * The file or folder that the lock is for. The file itself is locked too, where the system can. So neither a hard
   * link nor a removed lock file lets a second process in.
   */
  readonly itself?: string | undefined;
  /** Bytes of room that the lock file holds. Default none. */
  readonly roomBytes?: number | undefined;
}

const NOTE_BYTES = 32;
/** The files that this process holds: closing a second handle of one would drop SQLite's own locks on it. */
const held = new Set<string>();

/**
 * Takes a file for this process until it is disposed of. The system drops the lock when the process ends, however it
 * ends, so there is no stale lock. The lock file stays: removing it would let two processes hold two files of one name.
 * Needs no free disk where the lock file is there already.
 *
 * @throws {Error} when it is taken.
 */
export function lockFile(path: string, { itself, roomBytes = 0 }: LockOptions = {}): FileLock {
  using taken = new DisposableStack();
  const file = taken.use(Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 }));
  const [holder = "", left] = readNote(file).split("\n");
  if (!file.tryLockSync(true)) throw inUse(holder);
  if (itself !== undefined) taken.use(lockItself(itself, holder));
  const note = (leftAs: LeftAs) => writeNote(file, `${Deno.pid}\n${leftAs}`);
  note("open");
  const all = taken.move();
  return {
    before: left === "open" || left === "written" || left === "closed" ? left : "none",
    note,
    giveRoom: () => file.truncateSync(NOTE_BYTES),
    takeRoom() {
      if (file.statSync().size >= NOTE_BYTES + roomBytes) return;
      file.seekSync(NOTE_BYTES, Deno.SeekMode.Start);
      orNothing(() => file.writeSync(new Uint8Array(roomBytes)));
    },
    [Symbol.dispose]: () => all.dispose(),
  };
}

/** Locks a file or folder by what it is and not by its name. */
function lockItself(path: string, holder: string): Disposable {
  // Elsewhere such a lock may keep this process from its own file, or folders cannot be opened.
  if (Deno.build.os !== "linux") return { [Symbol.dispose]: () => {} };
  const id = fileId(path);
  if (held.has(id)) throw inUse(String(Deno.pid));
  const file = Deno.openSync(path, { read: true });
  if (!file.tryLockSync(true)) {
    file.close();
    throw inUse(holder);
  }
  held.add(id);
  return {
    [Symbol.dispose]: () => {
      file.close();
      held.delete(id);
    },
  };
}

function inUse(holder: string): Error {
  const by = /^\d+$/.test(holder) ? `process ${holder}` : "another process";
  return new Error(`it is in use by ${by}. One process at a time may use it`);
}

function readNote(file: Deno.FsFile): string {
  const bytes = new Uint8Array(NOTE_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)).trimEnd();
}

// In place: a full disk has room for that, and a file that was emptied first would not find its room again.
function writeNote(file: Deno.FsFile, text: string): void {
  file.seekSync(0, Deno.SeekMode.Start);
  orNothing(() => file.writeSync(new TextEncoder().encode(`${text}\n`.padEnd(NOTE_BYTES))));
}

// The lock holds without a note: that is for people and for the next start.
function orNothing(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}
