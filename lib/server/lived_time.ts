import { isFull } from "@/lib/store/disk_file.ts";

/** The time by which what is kept expires. */
export interface LivedTime {
  /** Milliseconds since 1970; never going back, not over a restart either. */
  now(): number;
  /** Notes the time in its file. To be called every {@linkcode MOST_GAP_MS} at least, and at the end. */
  note(): void;
}

/** Options for {@linkcode livedTime}. */
export interface LivedTimeOptions {
  /** The file that has the time over a restart. Its folder need not be there before {@linkcode LivedTime.note}. */
  readonly path: string;
  /** The clock of this machine, milliseconds since 1970. Read once. */
  readonly wall: () => number;
  /** Milliseconds, never going back and never jumping. */
  readonly monotonic: () => number;
}

/** The longest time between two processes that counts. */
export const MOST_GAP_MS = 10 * 60_000;

/**
 * Time that the server has lived through: that of the machine's clock at its first start, and from then on what the
 * monotonic clock counts. A time without a server counts as ten minutes at most. So a wrong clock, at a start or
 * later, neither expires stored data nor keeps it forever. After a long pause, things stay that much longer.
 */
export function livedTime({ path, wall, monotonic }: LivedTimeOptions): LivedTime {
  const last = readMark(path);
  const wallMs = wall();
  const fromMs = last === undefined ? wallMs : Math.min(Math.max(wallMs, last), last + MOST_GAP_MS);
  const beginMs = fromMs - monotonic();
  const now = () => Math.round(beginMs + monotonic());
  return { now, note: () => writeMark(path, now()) };
}

function readMark(path: string): number | undefined {
  try {
    const text = Deno.readTextFileSync(path);
    return /^\d{12,15}\n$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    // A folder that cannot be used is refused later, by who claims it.
    const { NotADirectory, NotFound, PermissionDenied } = Deno.errors;
    if ([NotADirectory, NotFound, PermissionDenied].some((type) => error instanceof type)) return undefined;
    throw error;
  }
}

function writeMark(path: string, ms: number): void {
  using file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
  try {
    // In place and in one piece: a full disk has room for it, and a crash leaves the one or the other.
    file.writeSync(new TextEncoder().encode(`${ms}\n`));
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}
