import { join } from "node:path";
import { z } from "zod";
import { Fault } from "@/lib/value/fault.ts";
import {
  ignoreMissing,
  isFull,
  openOwn,
  partOf,
  realPathOf,
  removeIfThere,
  syncFolder,
  writeNew,
} from "./disk_file.ts";
import { discard } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import {
  BLOB_ID,
  type BlobRecord,
  type Blobs,
  type BlobsOptions,
  type ByteRange,
  type PutOptions,
} from "./port.ts";

/** Options of {@linkcode diskBlobs}. */
export interface DiskBlobsOptions extends BlobsOptions {
  /** Folder of its own, made when it is not there. One process at a time may use it. */
  readonly root: string;
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
 * Keeps bytes in a folder: `<root>/<1st letter>/<2nd letter>/<id>` and the record beside it as `<id>.json`.
 * The folder is opened at the first use: what was there before is known again, what a crash left half done is removed.
 *
 * A method throws `Deno.errors.PermissionDenied` when the folder may not be read and written.
 */
export function diskBlobs({ root, ...options }: DiskBlobsOptions): Blobs {
  return new DiskBlobs(root, options);
}

/** A folder that has been looked through. */
interface Opened {
  /** Its path without links. */
  readonly root: string;
  readonly ledger: Ledger;
}

class DiskBlobs implements Blobs {
  readonly #root: string;
  readonly #options: BlobsOptions;
  #opening: Promise<Opened> | undefined;

  constructor(root: string, options: BlobsOptions) {
    this.#root = root;
    this.#options = options;
  }

  async put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord> {
    const { root, ledger } = await this.#open().catch(async (cause) => {
      await discard(body);
      throw cause;
    });
    using draft = ledger.draft(options);
    const temp = join(root, "new", draft.id);
    const path = pathOf(root, draft.id);
    try {
      const record = await writeNew(temp, (write) => draft.fill(body, write));
      const line = new TextEncoder().encode(JSON.stringify(record));
      await writeNew(`${temp}.json`, (write) => write(line));
      await makeFolder(root, draft.id);
      await Deno.rename(temp, path);
      // The record comes last: without one, bytes count for nothing.
      await Deno.rename(`${temp}.json`, `${path}.json`);
      await syncFolder(folderOf(root, draft.id));
      draft.keep(record);
      return record;
    } catch (cause) {
      await Promise.all([discard(body), ...[temp, `${temp}.json`, `${path}.json`, path].map(removeIfThere)]);
      throw isFull(cause) ? new Fault("no_space", "The server has no room left for files", { cause }) : cause;
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
    const { root, ledger } = await this.#open();
    if (ledger.drop(id)) await remove(root, id);
  }

  async sweep(): Promise<number> {
    const { root, ledger } = await this.#open();
    const over = ledger.takeOver();
    for (const id of over) await remove(root, id);
    return over.length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #open(): Promise<Opened> {
    return this.#opening ??= open(this.#root, this.#options).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
  }
}

async function open(root: string, options: BlobsOptions): Promise<Opened> {
  await Deno.mkdir(root, { recursive: true, mode: 0o700 });
  const opened = { root: await Deno.realPath(root), ledger: new Ledger(options) };
  // Every put that was under way is over: this is the only process here.
  await Deno.remove(join(opened.root, "new"), { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(join(opened.root, "new"), { mode: 0o700 });
  for await (const folder of folders(opened.root)) await recall(folder, opened.ledger);
  return opened;
}

function folderOf(root: string, id: string): string {
  return join(root, id.charAt(0), id.charAt(1));
}

function pathOf(root: string, id: string): string {
  return join(folderOf(root, id), id);
}

/** Makes the folder of an id and sees to it that no link leads out of the root on the way. */
async function makeFolder(root: string, id: string): Promise<void> {
  const folder = folderOf(root, id);
  if (await realPathOf(folder) === undefined) {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await syncFolder(join(root, id.charAt(0)));
    await syncFolder(root);
  }
  if (await realPathOf(folder) !== folder) throw new Error("A folder of the file store is a link");
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
