import { statfs } from "node:fs/promises";
import { noSpace } from "./ledger.ts";

const MIB = 1024 * 1024;
const MOST_RESERVE_BYTES = 256 * MIB;
const MOST_RESERVE_FILES = 10_000;
const RESERVE_PART = 20;
/** The disk is queried again after an eighth of the free space, within these bounds. */
const STEP = { bytes: { most: 16 * MIB, least: MIB }, files: { most: 4096, least: 64 } } as const;
/** About what a name takes in its folder. */
const NAME_BYTES = 64;

/** Room on the disk for one file. */
export interface FileRoom {
  /**
   * Takes room for more bytes, in whole blocks.
   *
   * @throws {Fault} `no_space` when less than the reserve would be left.
   */
  grow(bytes: number): Promise<void>;
}

/** The figures of the system about a disk. */
export type DiskState = Readonly<Record<"bavail" | "blocks" | "bsize" | "ffree" | "files", number>>;

/** Options for {@linkcode DiskRoom}. */
export interface DiskRoomOptions {
  /** Bytes that are left free. Default a twentieth of the disk, at most 256 MiB. */
  readonly reserveBytes?: number | undefined;
  /** Asks the system. Default for the disk of `path`. */
  readonly look?: (() => Promise<DiskState>) | undefined;
}

/**
 * Leaves some room on a disk that other things need too: logs, records, the system. It counts like the disk: a file
 * of one byte takes a block, a name and an inode, and inodes are limited.
 */
export class DiskRoom {
  readonly #look: () => Promise<DiskState>;
  readonly #reserveBytes: number | undefined;
  #blockBytes = 4096;
  #left = { bytes: 0, files: 0 };

  /** `path` lies on the disk. */
  constructor(
    path: string,
    { reserveBytes, look = () => statfs(path, { bigint: false }) }: DiskRoomOptions = {},
  ) {
    this.#look = look;
    this.#reserveBytes = reserveBytes;
  }

  /** Takes room for a new file, or a new folder, without its bytes. @throws {Fault} `no_space` */
  async create(): Promise<FileRoom> {
    await this.#take(NAME_BYTES, 1);
    return this.open(0);
  }

  /** Room for a file that has bytes already. */
  open(bytes: number): FileRoom {
    let size = bytes;
    let blocks = Math.ceil(size / this.#blockBytes);
    return {
      grow: async (bytes) => {
        size += bytes;
        const more = Math.ceil(size / this.#blockBytes) - blocks;
        if (more <= 0) return;
        await this.#take(more * this.#blockBytes, 0);
        blocks += more;
      },
    };
  }

  async #take(bytes: number, files: number): Promise<void> {
    if (bytes > this.#left.bytes || files > this.#left.files) await this.#ask();
    if (bytes > this.#left.bytes || files > this.#left.files) throw noSpace();
    this.#left.bytes -= bytes;
    this.#left.files -= files;
  }

  async #ask(): Promise<void> {
    try {
      const { bavail, blocks, bsize, ffree, files } = await this.#look();
      const reserve = this.#reserveBytes ?? Math.min(MOST_RESERVE_BYTES, blocks * bsize / RESERVE_PART);
      // Some file systems make inodes as they are needed, and say that there are none.
      const names = files === 0
        ? Infinity
        : ffree - Math.min(MOST_RESERVE_FILES, Math.floor(files / RESERVE_PART));
      this.#blockBytes = bsize;
      this.#left = { bytes: step(bavail * bsize - reserve, STEP.bytes), files: step(names, STEP.files) };
    } catch (error) {
      // A server that may not ask the system finds out when the disk is full.
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      this.#left = { bytes: Infinity, files: Infinity };
    }
  }
}

/** The share of the free space that is used before the disk is queried again: other programs write there too. */
function step(left: number, { most, least }: { readonly most: number; readonly least: number }): number {
  return Math.min(left, Math.max(least, Math.min(most, left / 8)));
}
