import { Fault } from "@/lib/value/fault.ts";
import { takeIn } from "./intake.ts";
import { cleanName } from "./name.ts";
import { type BlobRecord, type BlobsOptions, type PutOptions, tooLarge } from "./port.ts";
import { sniff } from "./sniff.ts";

const HOUR_MS = 60 * 60 * 1000;
const GIB = 1024 ** 3;
// 144 bits: 24 characters without a spare bit, so that no two spellings mean the same id.
const ID_BYTES = 18;

/** Room for one file. Its share is returned if it is disposed of before `keep`. */
export interface Hold extends Disposable {
  /**
   * Takes room for more bytes.
   *
   * @throws {Fault} `too_large` when the owner may not have so many, `no_space` when there is no room for anybody's.
   */
  grow(bytes: number): void;
  /** From now on the room belongs to the record, which is there for readers. */
  keep(record: BlobRecord): void;
}

/** Some bytes on their way in. Its reservation is returned if it is disposed of before `keep`. */
export interface Draft extends Disposable {
  /** That of the record they will have. */
  readonly id: string;
  /**
   * Takes the body in, against the owner's quota as it comes.
   *
   * @throws {Fault} as `Blobs.put`.
   */
  fill(
    body: Uint8Array | ReadableStream<Uint8Array>,
    write: (chunk: Uint8Array) => void | Promise<void>,
  ): Promise<BlobRecord>;
  /** From now on the record is there for readers. */
  keep(record: BlobRecord): void;
}

/** The data of a record, besides the time. */
export interface RecordParts extends Pick<BlobRecord, "id" | "owner" | "name" | "size"> {
  /** The first bytes, as many as `sniff()` wants to see. */
  readonly head: Uint8Array;
  /** How long to keep it, in milliseconds. Default as for all. */
  readonly keepMs?: number | undefined;
}

interface Usage {
  bytes: number;
  files: number;
}

/**
 * The metadata of an adapter: the records, the usage of each owner, the expiry. About 400 bytes of memory a record.
 */
export class Ledger {
  /** The options with their defaults. */
  readonly options: { readonly [key in keyof BlobsOptions]-?: NonNullable<BlobsOptions[key]> };
  readonly #records = new Map<string, BlobRecord>();
  readonly #used = new Map<string, Usage>();
  readonly #over = new Set<string>();
  readonly #total: Usage = { bytes: 0, files: 0 };

  /** Knows nothing at first. */
  constructor(options: BlobsOptions) {
    const keepMs = options.keepMs ?? 24 * HOUR_MS;
    this.options = {
      now: options.now ?? Date.now,
      random: options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
      keepMs,
      maxBytes: options.maxBytes ?? GIB,
      quotaBytes: options.quotaBytes ?? 4 * GIB,
      quotaFiles: options.quotaFiles ?? 10_000,
      totalBytes: options.totalBytes ?? Infinity,
      fileBytes: options.fileBytes ?? 0,
      quotaUploads: options.quotaUploads ?? 100,
      networkUploads: options.networkUploads ?? 1000,
      keepPartMs: options.keepPartMs ?? Math.min(HOUR_MS, keepMs),
    };
  }

  /** The record of an id, unless its time is up. */
  get(id: string): BlobRecord | undefined {
    const record = this.#records.get(id);
    return record !== undefined && record.expiresMs > this.options.now() ? record : undefined;
  }

  /** Enters what is already kept. */
  add(record: BlobRecord): void {
    this.#records.set(record.id, record);
    this.#use(record.owner, record.size, 1);
  }

  /** Strikes an id out; false when there was none. */
  drop(id: string): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    this.#records.delete(id);
    this.#use(record.owner, -record.size, -1);
    return true;
  }

  /** Ids whose time is up: struck out, told once, their bytes are for the adapter to remove. */
  takeOver(): string[] {
    this.#retire();
    const ids = [...this.#over];
    this.#over.clear();
    return ids;
  }

  /** Has an id told again whose bytes could not be removed. */
  leaveOver(id: string): void {
    this.#over.add(id);
  }

  /** A new id. */
  newId(): string {
    return this.options.random(ID_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** The record of bytes that are whole as of now. */
  async record({ id, owner, name, size, head, keepMs }: RecordParts): Promise<BlobRecord> {
    const mime = await sniff(head);
    const createdMs = this.options.now();
    const expiresMs = createdMs + (keepMs ?? this.options.keepMs);
    return { id, owner, name: cleanName(name), size, mime, createdMs, expiresMs };
  }

  /**
   * Takes room for one more file of an owner. An existing file has `bytes`, and counts even above the quota.
   *
   * @throws {Fault} `too_large` when the owner may have no more files.
   */
  hold(owner: string, bytes?: number): Hold {
    let taken: Usage = { bytes: bytes ?? 0, files: 1 };
    if (bytes === undefined) this.#reserve(owner, 0, 1);
    else this.#use(owner, bytes, 1);
    const release = () => {
      this.#use(owner, -taken.bytes, -taken.files);
      taken = { bytes: 0, files: 0 };
    };
    return {
      grow: (bytes) => {
        this.#reserve(owner, bytes, 0);
        taken.bytes += bytes;
      },
      keep: (record) => {
        release();
        this.add(record);
      },
      [Symbol.dispose]: release,
    };
  }

  /** Begins to take bytes in. */
  draft({ owner, name, maxBytes = Infinity, keepMs, signal }: PutOptions): Draft {
    const id = this.newId();
    let hold: Hold | undefined;
    return {
      id,
      fill: async (body, write) => {
        const room = hold = this.hold(owner);
        const limit = Math.min(maxBytes, this.options.maxBytes);
        const known = body instanceof Uint8Array && body.length <= limit;
        if (known) room.grow(body.length);
        const { size, head } = await takeIn(body, {
          maxBytes: limit,
          signal,
          write: (chunk) => {
            if (!known) room.grow(chunk.length);
            return write(chunk);
          },
        });
        return await this.record({ id, owner, name, size, head, keepMs });
      },
      keep: (record) => hold?.keep(record),
      [Symbol.dispose]: () => hold?.[Symbol.dispose](),
    };
  }

  /**
   * Sees whether so many bytes could be kept now. Others may take the room before they come.
   *
   * @throws {Fault} `too_large`, `no_space`.
   */
  check(owner: string, bytes: number, maxBytes = Infinity): void {
    const limit = Math.min(maxBytes, this.options.maxBytes);
    if (bytes > limit) throw tooLarge("The file", limit);
    const refusal = this.#refusal(owner, bytes, 1);
    if (refusal !== undefined) throw refusal;
  }

  #reserve(owner: string, bytes: number, files: number): void {
    const refusal = this.#refusal(owner, bytes, files);
    if (refusal !== undefined) throw refusal;
    this.#use(owner, bytes, files);
  }

  #refusal(owner: string, bytes: number, files: number): Fault | undefined {
    if (this.#over.size === 0 && this.#short(owner, bytes, files) !== undefined) this.#retire();
    return this.#short(owner, bytes, files);
  }

  #short(owner: string, bytes: number, files: number): Fault | undefined {
    const { quotaBytes, quotaFiles, totalBytes, fileBytes } = this.options;
    const used = this.#used.get(owner) ?? { bytes: 0, files: 0 };
    if (used.bytes + bytes + (used.files + files) * fileBytes > quotaBytes) {
      return tooLarge("All that you have sent and got, with this file,", quotaBytes);
    }
    if (used.files + files > quotaFiles) {
      return new Fault("too_large", `You have ${quotaFiles} files here, as many as allowed. Reload the page`);
    }
    const { bytes: allBytes, files: allFiles } = this.#total;
    if (allBytes + bytes + (allFiles + files) * fileBytes > totalBytes) return noSpace();
  }

  #use(owner: string, bytes: number, files: number): void {
    this.#total.bytes += bytes;
    this.#total.files += files;
    const used = this.#used.get(owner) ?? { bytes: 0, files: 0 };
    used.bytes += bytes;
    used.files += files;
    if (used.files > 0) this.#used.set(owner, used);
    else this.#used.delete(owner);
  }

  #retire(): void {
    const now = this.options.now();
    for (const [id, record] of this.#records) {
      if (record.expiresMs > now) continue;
      this.drop(id);
      this.#over.add(id);
    }
  }
}

/** The refusal of bytes that the place has no room for. */
export function noSpace(cause?: unknown): Fault {
  return new Fault("no_space", "The server has no room left for files", { cause });
}
