import { statfs } from "node:fs/promises";
import { noSpace } from "./ledger.ts";

const MIB = 1024 * 1024;
const MOST_RESERVE_BYTES = 256 * MIB;
const RESERVE_PART = 20;
/** As many bytes are written at most before the disk is asked again. */
const STEP_BYTES = 16 * MIB;

/** Sees to it that files leave some room on a disk that other things need too: logs, records, the system. */
export class DiskRoom {
  readonly #path: string;
  readonly #reserveBytes: number | undefined;
  #leftBytes = 0;

  /** `path` lies on the disk. `reserveBytes` are left free; default a twentieth of the disk, at most 256 MiB. */
  constructor(path: string, reserveBytes: number | undefined) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
  }

  /**
   * Takes room on the disk for some bytes that are about to be written.
   *
   * @throws {Fault} `no_space` when fewer than the reserve would be left.
   */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#leftBytes) await this.#look();
    if (bytes > this.#leftBytes) throw noSpace();
    this.#leftBytes -= bytes;
  }

  async #look(): Promise<void> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#path);
      const reserve = this.#reserveBytes ?? Math.min(MOST_RESERVE_BYTES, blocks * bsize / RESERVE_PART);
      this.#leftBytes = Math.min(STEP_BYTES, bavail * bsize - reserve);
    } catch (error) {
      // A server that may not ask the system finds out when the disk is full.
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      this.#leftBytes = Infinity;
    }
  }
}
