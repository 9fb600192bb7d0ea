import { statfsSync, statSync } from "node:fs";
import { type Family, gauge } from "./exposition.ts";

/** Paths of what a server keeps. */
export interface Place {
  /** Folder of files. */
  readonly data: string;
  /** File of the records, if they are kept. */
  readonly store?: string | undefined;
  /** How many descriptors the process has open, where that is known. */
  readonly descriptors?: (() => number | undefined) | undefined;
}

/** Figures of the disk, the records and the descriptors of a server. A figure that cannot be read is left out. */
export function placeOf({ data, store, descriptors }: Place): Family[] {
  const found: Family[] = [];
  const tell = (name: string, help: string, ask: () => number | undefined) => {
    try {
      const value = ask();
      if (value !== undefined) found.push(gauge(name, help, value));
    } catch {
      // Whether it can be reached at all, readiness says.
    }
  };
  tell("atoll_disk_free_bytes", "Room on the disk of files.", () => {
    const { bavail, bsize } = statfsSync(data);
    return bavail * bsize;
  });
  tell("atoll_disk_size_bytes", "Size of the disk of files.", () => {
    const { blocks, bsize } = statfsSync(data);
    return blocks * bsize;
  });
  if (store !== undefined) {
    tell(
      "atoll_store_bytes",
      "Size of the records with their log.",
      () => sizeOf(store) + sizeOf(`${store}-wal`),
    );
  }
  tell(
    "process_open_fds",
    "Open file descriptors, as the launcher last counted them.",
    () => descriptors?.(),
  );
  return found;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
