import assert from "node:assert/strict";
import { DiskRoom, type DiskState } from "./disk_room.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Writes files until the disk room refuses; a disk that counts as they do, and others that write meanwhile. */
interface Case {
  readonly blockBytes?: number;
  readonly diskBytes?: number;
  readonly inodes?: number;
  readonly reserveBytes?: number;
  /** Bytes of each file, in pieces. */
  readonly pieces: readonly number[];
  /** Bytes that others write with each of our files. */
  readonly othersBytes?: number;
}

const cases: Readonly<Record<string, Case>> = {
  "files of one byte": { pieces: [1] },
  "files without bytes": { pieces: [], inodes: 1e9, diskBytes: 4 * MIB },
  "files of a block": { pieces: [4096] },
  "files of a block and a byte": { pieces: [4097] },
  "files that come a byte at a time": { pieces: Array(300).fill(1) },
  "files that come in odd pieces": { pieces: [1, 4095, 1, 8191, 2] },
  "large blocks": { pieces: [10], blockBytes: 65_536, diskBytes: 400 * MIB },
  "small blocks": { pieces: [100], blockBytes: 512 },
  "few inodes": { pieces: [1], inodes: 3000 },
  "large files": { pieces: [3 * MIB], diskBytes: 900 * MIB },
  "a reserve that is given": { pieces: [1], reserveBytes: 30 * MIB },
  "others who write as well": { pieces: [1], othersBytes: 4096, diskBytes: 200 * MIB },
};

for (const [what, one] of Object.entries(cases)) {
  Deno.test(`DiskRoom leaves its reserve of bytes and of inodes, with ${what}`, async () => {
    const { blockBytes = 4096, diskBytes = 48 * MIB, inodes = 100_000, reserveBytes, othersBytes = 0 } = one;
    const disk = { bytes: 0, files: 0, asked: 0 };
    const look = (): Promise<DiskState> => {
      disk.asked++;
      return Promise.resolve({
        bsize: blockBytes,
        blocks: diskBytes / blockBytes,
        bavail: Math.floor((diskBytes - disk.bytes) / blockBytes),
        files: inodes,
        ffree: inodes - disk.files,
      });
    };
    const room = new DiskRoom("made up", { look, ...reserveBytes === undefined ? {} : { reserveBytes } });
    let kept = 0;
    const error = await (async () => {
      for (;; kept++) {
        const file = await room.create();
        let size = 0;
        for (const bytes of one.pieces) {
          await file.grow(bytes);
          size += bytes;
        }
        // What a file really takes; names are some bytes of a folder's block.
        disk.bytes += Math.ceil(size / blockBytes) * blockBytes + othersBytes + 40;
        disk.files++;
      }
    })().catch((error) => error);
    assert.equal(error.code, "no_space");
    assert.ok(kept > 10, String(kept));
    const reserve = reserveBytes ?? Math.min(256 * MIB, diskBytes / 20);
    // Others are noticed when the disk is asked again, an eighth of what is left later.
    const slack = othersBytes > 0 ? MIB : 0;
    assert.ok(
      diskBytes - disk.bytes >= reserve - slack,
      `${diskBytes - disk.bytes} of ${reserve} bytes are left`,
    );
    assert.ok(inodes - disk.files >= Math.min(10_000, Math.floor(inodes / 20)));
    assert.ok(disk.asked < kept, `asked ${disk.asked} times for ${kept} files`);
  });
}

Deno.test("DiskRoom counts no inodes where the disk makes them as they are needed", async () => {
  const look = () => Promise.resolve({ bsize: 4096, blocks: 1e6, bavail: 1e6, files: 0, ffree: 0 });
  const room = new DiskRoom("made up", { look });
  for (let at = 0; at < 1000; at++) await room.create();
});
