import { join } from "node:path";
import { z } from "zod";
import { ignoreMissing, openOwn, removeIfThere, syncFolder, writeMore, writeNew } from "./disk_file.ts";
import type { DiskRoom } from "./disk_room.ts";
import { BLOB_ID, type BlobRecord } from "./port.ts";
import { SNIFF_BYTES } from "./sniff.ts";
import type { Parts, UploadNote, Uploads } from "./uploads.ts";

/** Options for {@linkcode DiskParts}. */
export interface DiskPartsOptions {
  /** Folder of the parts, without links on its path. It is there. */
  readonly folder: string;
  /** Room on the disk. */
  readonly room: DiskRoom;
  /** Moves a file to where kept bytes lie, and its record beside it. */
  readonly keep: (path: string, record: BlobRecord) => Promise<void>;
}

const noteSchema: z.ZodType<UploadNote> = z.object({
  id: z.string().regex(BLOB_ID),
  owner: z.string(),
  name: z.string(),
  size: z.number().int().nonnegative(),
  createdMs: z.number(),
  keepMs: z.number(),
  network: z.string().optional(),
});

/** Stores the bytes of uploads in a folder: `<folder>/<id>`, and their metadata as `<id>.json`. */
export class DiskParts implements Parts {
  readonly #options: DiskPartsOptions;

  /** Touches nothing yet. */
  constructor(options: DiskPartsOptions) {
    this.#options = options;
  }

  /** See {@linkcode Parts}. */
  async create(note: UploadNote): Promise<void> {
    const path = this.#pathOf(note.id);
    const line = new TextEncoder().encode(JSON.stringify(note));
    try {
      await this.#options.room.create();
      await (await this.#options.room.create()).grow(line.length);
      await writeNew(path, () => {});
      // The note comes last: without one, bytes count for nothing.
      await writeNew(`${path}.new`, (write) => write(line));
      await Deno.rename(`${path}.new`, `${path}.json`);
      await syncFolder(this.#options.folder);
    } catch (cause) {
      await this.remove(note.id);
      throw cause;
    }
  }

  /** See {@linkcode Parts}. */
  async extend(
    id: string,
    fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const path = this.#pathOf(id);
    const space = this.#options.room.open((await Deno.lstat(path)).size);
    await writeMore(path, (write) =>
      fill(async (chunk) => {
        await space.grow(chunk.length);
        await write(chunk);
      }));
  }

  /** See {@linkcode Parts}. */
  async head(id: string): Promise<Uint8Array> {
    using file = await Deno.open(this.#pathOf(id), { read: true });
    const head = new Uint8Array(SNIFF_BYTES);
    let size = 0;
    for (let count; size < SNIFF_BYTES && (count = await file.read(head.subarray(size)));) size += count;
    return head.subarray(0, size);
  }

  /** See {@linkcode Parts}. */
  async finish(record: BlobRecord): Promise<void> {
    await this.#options.keep(this.#pathOf(record.id), record);
    await this.remove(record.id);
  }

  /** See {@linkcode Parts}. */
  async remove(id: string): Promise<void> {
    const path = this.#pathOf(id);
    for (const file of [`${path}.json`, `${path}.new`, path]) await removeIfThere(file);
  }

  /** Enters the uploads that were under way when the process before this one ended; removes what is none. */
  async recall(uploads: Uploads): Promise<void> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(this.#options.folder)) names.push(name);
    for (const id of new Set(names.map((name) => name.replace(/\.(json|new)$/, "")))) {
      if (!BLOB_ID.test(id)) continue;
      const found = await this.#find(id);
      if (found) uploads.recall(found.note, found.offset);
      else await this.remove(id);
    }
  }

  async #find(id: string): Promise<{ note: UploadNote; offset: number } | undefined> {
    const path = this.#pathOf(id);
    const text = await Deno.readTextFile(`${path}.json`).catch(ignoreMissing);
    const offset = (await Deno.lstat(path).catch(ignoreMissing))?.size;
    if (text === undefined || offset === undefined) return undefined;
    const file = await openOwn(path, offset);
    file?.close();
    try {
      const note = noteSchema.parse(JSON.parse(text));
      return file && note.id === id && offset <= note.size ? { note, offset } : undefined;
    } catch {
      // A torn note: as good as none.
      return undefined;
    }
  }

  #pathOf(id: string): string {
    return join(this.#options.folder, id);
  }
}
