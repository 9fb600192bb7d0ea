import { join } from "node:path";
import { z } from "zod";
import { Fault } from "@/lib/value/fault.ts";
import {
  ignoreMissing,
  isFull,
  isOfDisk,
  openOwn,
  partOf,
  realPathOf,
  removeIfThere,
  syncFolder,
  writeNew,
} from "./disk_file.ts";
import { DiskParts } from "./disk_parts.ts";
import { DiskRoom } from "./disk_room.ts";
import { discard } from "./intake.ts";
import { Ledger, noSpace } from "./ledger.ts";
import {
  type AppendOptions,
  type BeginOptions,
  BLOB_ID,
  type BlobRecord,
  type Blobs,
  type BlobsOptions,
  type ByteRange,
  type PutOptions,
  type Upload,
} from "./port.ts";
import { lockFile } from "./records_lock.ts";
import { Uploads } from "./uploads.ts";

/** Options of {@linkcode diskBlobs}. */
export interface DiskBlobsOptions extends BlobsOptions {
  /** Folder of its own, made when it is not there. One process at a time may use it. */
  readonly root: string;
  /** Bytes of the disk that are left free. Default a twentieth of the disk, at most 256 MiB. */
  readonly reserveBytes?: number | undefined;
}

/** Bytes kept in a folder. */
export interface DiskBlobs extends Blobs {
  /**
   * Takes the folder for this process, until it is disposed of. The first use does so too.
   *
   * @throws {Error} when another process has it; the message says which.
   */
  claim(): Promise<void>;
  /**
   * Writes a small file and removes it. A full disk counts as well: files then have their own refusal.
   *
   * @throws {Error} when the folder cannot be written.
   */
  probe(): Promise<void>;
}

const recordSchema: z.ZodType<BlobRecord> = z.object({
  id: z.string().regex(BLOB_ID),
  owner: z.string(),
  name: z.string(),
  size: z.number().int().nonnegative(),
  mime: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
});

/**
 * Keeps bytes in a folder: `<root>/<1st letter>/<2nd letter>/<id>` and the record beside it as `<id>.json`; uploads
 * that are not whole yet in `<root>/parts`. The folder is opened at the first use. Earlier files are known again,
 * unfinished files of a crash are removed, and uploads continue.
 *
 * A method throws `Deno.errors.PermissionDenied` when the folder may not be read and written.
 */
export function diskBlobs({ root, reserveBytes, ...options }: DiskBlobsOptions): DiskBlobs {
  return new Folder(root, reserveBytes, options);
}

/** A folder that belongs to this process. */
interface Claimed {
  /** Its path without links. */
  readonly root: string;
  readonly lock: Disposable;
}

/** A folder that has been looked through. */
interface Opened {
  readonly root: string;
  readonly ledger: Ledger;
  readonly room: DiskRoom;
  readonly uploads: Uploads;
}

class Folder implements DiskBlobs {
  readonly #path: string;
  readonly #reserveBytes: number | undefined;
  readonly #options: BlobsOptions;
  #claiming: Promise<Claimed> | undefined;
  #opening: Promise<Opened> | undefined;

  constructor(path: string, reserveBytes: number | undefined, options: BlobsOptions) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
    this.#options = options;
  }

  async claim(): Promise<void> {
    await this.#claim();
  }

  async probe(): Promise<void> {
    const path = join((await this.#open()).root, "new", "probe");
    try {
      await writeNew(path, (write) => write(new Uint8Array(1)));
    } catch (cause) {
      if (!isFull(cause)) throw cause;
    } finally {
      await removeIfThere(path);
    }
  }

  async put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord> {
    const opened = await this.#openFor(body);
    return await orRefused(this.#put(opened, body, options));
  }

  async #put(
    { root, ledger, room }: Opened,
    body: Uint8Array | ReadableStream<Uint8Array>,
    options: PutOptions,
  ): Promise<BlobRecord> {
    using draft = ledger.draft(options);
    const temp = join(root, "new", draft.id);
    try {
      const space = await room.create();
      const record = await writeNew(temp, (write) =>
        draft.fill(body, async (chunk) => {
          await space.grow(chunk.length);
          await write(chunk);
        }));
      await keep({ root, room }, temp, record);
      draft.keep(record);
      return record;
    } catch (cause) {
      await discard(body);
      await removeIfThere(temp);
      throw cause;
    }
  }

  async get(id: string): Promise<BlobRecord | undefined> {
    return (await this.#open()).ledger.get(id);
  }

  async read(id: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
    const { root, ledger } = await this.#open();
    const record = ledger.get(id);
    const file = record && await openOwn(pathOf(root, id), record.size);
    if (file === undefined) return undefined;
    if (range === undefined) return file.readable;
    await file.seek(range.start, Deno.SeekMode.Start);
    return partOf(file, range.end - range.start + 1);
  }

  async delete(id: string): Promise<void> {
    const { root, ledger, uploads } = await this.#open();
    await uploads.drop(id);
    if (ledger.drop(id)) await remove(root, id);
  }

  async begin(options: BeginOptions): Promise<Upload> {
    const { uploads } = await this.#open();
    return await orRefused(uploads.begin(options));
  }

  async upload(id: string): Promise<Upload | undefined> {
    return (await this.#open()).uploads.find(id);
  }

  async settle(id: string): Promise<Upload | undefined> {
    return await (await this.#open()).uploads.settle(id);
  }

  async append(
    id: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    options: AppendOptions,
  ): Promise<BlobRecord | undefined> {
    const { uploads } = await this.#openFor(body);
    return await orRefused(uploads.append(id, body, options));
  }

  async sweep(): Promise<number> {
    const { root, ledger, uploads } = await this.#open();
    let count = 0;
    const failures: unknown[] = [];
    for (const id of ledger.takeOver()) {
      try {
        await remove(root, id);
        count++;
      } catch (cause) {
        ledger.leaveOver(id);
        failures.push(cause);
      }
    }
    count += await uploads.sweep();
    if (failures.length === 0) return count;
    throw new Error(`${failures.length} files could not be removed`, { cause: failures[0] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.uploads.close();
    const claimed = await this.#claiming?.catch(() => undefined);
    claimed?.lock[Symbol.dispose]();
    this.#claiming = Promise.reject(new Error("The file store is closed"));
    this.#claiming.catch(() => {});
    this.#opening = undefined;
  }

  async #openFor(body: Uint8Array | ReadableStream<Uint8Array>): Promise<Opened> {
    return await this.#open().catch(async (cause) => {
      await discard(body);
      throw cause;
    });
  }

  #claim(): Promise<Claimed> {
    return this.#claiming ??= claim(this.#path).catch((error) => {
      this.#claiming = undefined;
      throw error;
    });
  }

  #open(): Promise<Opened> {
    return this.#opening ??= this.#claim().then(({ root }) => open(root, this.#reserveBytes, this.#options))
      .catch((error) => {
        this.#opening = undefined;
        throw error;
      });
  }
}

async function claim(path: string): Promise<Claimed> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  const root = await Deno.realPath(path);
  try {
    return { root, lock: lockFile(join(root, "files.lock"), { itself: root }) };
  } catch (cause) {
    // Errors of the system, such as missing permissions, are passed on unchanged.
    if (!(cause instanceof Error) || cause.name !== "Error" || isFull(cause)) throw cause;
    throw new Error(`Cannot use the folder ${path} for files: ${cause.message}`, { cause });
  }
}

async function open(root: string, reserveBytes: number | undefined, options: BlobsOptions): Promise<Opened> {
  const ledger = new Ledger(options);
  const room = new DiskRoom(root, { reserveBytes });
  await emptyFolder(join(root, "new"));
  for await (const folder of folders(root)) await recall(folder, ledger);
  const folder = join(root, "parts");
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  if (await realPathOf(folder) !== folder) throw isLink();
  const parts = new DiskParts({
    folder,
    room,
    keep: (path, record) => keep({ root, room }, path, record),
  });
  const uploads = new Uploads(ledger, parts);
  await parts.recall(uploads);
  return { root, ledger, room, uploads };
}

/**
 * Moves a file, all of whose bytes are on the disk, to its place, with its record. The record comes first: without
 * bytes it does not count. The bytes of an upload stay in place until the record exists. When it fails the
 * bytes are where they were, and nothing else is left.
 */
async function keep(
  { root, room }: Pick<Opened, "root" | "room">,
  from: string,
  record: BlobRecord,
): Promise<void> {
  const path = pathOf(root, record.id);
  const temp = join(root, "new", `${record.id}.json`);
  const line = new TextEncoder().encode(JSON.stringify(record));
  try {
    await (await room.create()).grow(line.length);
    await writeNew(temp, (write) => write(line));
    await makeFolder({ root, room }, record.id);
    await Deno.rename(temp, `${path}.json`);
    await Deno.rename(from, path);
    await syncFolder(folderOf(root, record.id));
  } catch (cause) {
    await Deno.rename(path, from).catch(ignoreMissing);
    for (const left of [temp, `${path}.json`]) await removeIfThere(left);
    throw cause;
  }
}

/**
 * Empties the folder of unfinished files: none of them continues, because this is the only process here. The folder
 * itself stays, because a full disk might not give it back.
 */
async function emptyFolder(path: string): Promise<void> {
  if ((await Deno.lstat(path).catch(ignoreMissing))?.isDirectory) {
    for await (const { name } of Deno.readDir(path)) {
      // Anything else is not ours: the folder may have been there before.
      if (name !== "probe" && !BLOB_ID.test(name.replace(/\.json$/, ""))) continue;
      await Deno.remove(join(path, name), { recursive: true });
    }
    return;
  }
  await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(path, { mode: 0o700 });
}

/** What the disk refuses is refused: with `no_space`, or with `offline` for its other errors. */
async function orRefused<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    if (isFull(cause)) throw noSpace(cause);
    if (!isOfDisk(cause)) throw cause;
    throw new Fault("offline", "The server cannot keep files right now. Try again shortly", { cause });
  }
}

function isLink(): Error {
  return new Error("A folder of the file store is a link");
}

function folderOf(root: string, id: string): string {
  return join(root, id.charAt(0), id.charAt(1));
}

function pathOf(root: string, id: string): string {
  return join(folderOf(root, id), id);
}

/** Makes the folder of an id and sees to it that no link leads out of the root on the way. */
async function makeFolder({ root, room }: Pick<Opened, "root" | "room">, id: string): Promise<void> {
  const folder = folderOf(root, id);
  if (await realPathOf(folder) === undefined) {
    await (await room.create()).grow(1);
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await syncFolder(join(root, id.charAt(0)));
    await syncFolder(root);
  }
  if (await realPathOf(folder) !== folder) throw isLink();
}

async function remove(root: string, id: string): Promise<void> {
  await removeIfThere(`${pathOf(root, id)}.json`);
  await removeIfThere(pathOf(root, id));
}

/** The two-level folders under a root, links left out. */
async function* folders(root: string): AsyncGenerator<string> {
  for await (const first of Deno.readDir(root)) {
    if (!first.isDirectory || !/^[A-Za-z0-9_-]$/.test(first.name)) continue;
    for await (const second of Deno.readDir(join(root, first.name))) {
      if (second.isDirectory && /^[A-Za-z0-9_-]$/.test(second.name)) {
        yield join(root, first.name, second.name);
      }
    }
  }
}

/** Enters the files of a folder into the ledger; removes bytes without a record and records without their bytes. */
async function recall(folder: string, ledger: Ledger): Promise<void> {
  const names = new Set<string>();
  for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.add(name);
  for (const id of new Set(Array.from(names, (name) => name.replace(/\.json$/, "")))) {
    if (!BLOB_ID.test(id)) continue;
    const record = names.has(id) && names.has(`${id}.json`) ? await readRecord(folder, id) : undefined;
    if (record) ledger.add(record);
    else await Promise.all([id, `${id}.json`].map((name) => removeIfThere(join(folder, name))));
  }
}

async function readRecord(folder: string, id: string): Promise<BlobRecord | undefined> {
  const text = await Deno.readTextFile(join(folder, `${id}.json`));
  const { size } = await Deno.lstat(join(folder, id));
  try {
    const record = recordSchema.parse(JSON.parse(text));
    return record.id === id && record.size === size ? record : undefined;
  } catch {
    // A torn record: as good as none.
    return undefined;
  }
}
