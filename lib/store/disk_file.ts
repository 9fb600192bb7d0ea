import { CHUNK_BYTES } from "./intake.ts";

/** Writes a file that was not there and waits until it is on the disk. */
export async function writeNew<T>(
  path: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => T | Promise<T>,
): Promise<T> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const result = await fill((chunk) => writeAll(file, chunk));
  await file.sync();
  return result;
}

/** Lets `fill` write at the end of a file that is there, and waits until it is on the disk, also when it fails. */
export async function writeMore(
  path: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  using file = await Deno.open(path, { append: true });
  try {
    await fill((chunk) => writeAll(file, chunk));
  } finally {
    await file.sync();
  }
}

async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += await file.write(at === 0 ? chunk : chunk.subarray(at));
}

/** Opens a file if it is a plain file of that size, and neither it nor its path is a link. */
export async function openOwn(path: string, size: number): Promise<Deno.FsFile | undefined> {
  try {
    // Looked at before it is opened, since opening a pipe waits for its other end; and after, since it may be swapped.
    const before = await Deno.lstat(path);
    // A second name of it may lie anywhere on this disk. Windows does not tell.
    if ((before.nlink ?? 1) !== 1) return undefined;
    if (!before.isFile || await Deno.realPath(path) !== path) return undefined;
    const file = await Deno.open(path, { read: true });
    const after = await file.stat();
    if (after.ino === before.ino && after.dev === before.dev && after.size === size) return file;
    file.close();
  } catch (error) {
    ignoreMissing(error);
  }
  return undefined;
}

/** The next bytes of a file, which is closed after them. */
export function partOf(file: Deno.FsFile, length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  return new ReadableStream({
    async pull(controller) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const count = await file.read(chunk);
      left -= count ?? left;
      if (count) controller.enqueue(chunk.subarray(0, count));
      if (left > 0) return;
      file.close();
      controller.close();
    },
    cancel() {
      file.close();
    },
  }, { highWaterMark: 0 });
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and keeps names by itself.
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}

/** Removes a file, if there is one. */
export function removeIfThere(path: string): Promise<void> {
  return Deno.remove(path).catch(ignoreMissing);
}

/** The path without links, `undefined` when nothing is there. */
export function realPathOf(path: string): Promise<string | undefined> {
  return Deno.realPath(path).catch(ignoreMissing);
}

/** Throws unless the file is simply absent. */
export function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Whether the system refused to read or write a file. */
export function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code);
}

/** Whether an error says that the disk, or the part of it that one may use, is full. */
export function isFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
