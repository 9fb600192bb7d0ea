import { Fault } from "@/lib/value/fault.ts";
import { takeIn } from "./intake.ts";
import { cleanName } from "./name.ts";
import type { BlobRecord, BlobsOptions, PutOptions } from "./port.ts";
import { sniff } from "./sniff.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const GIB = 1024 ** 3;
// 144 bits: 24 characters without a spare bit, so that no two spellings mean the same id.
const ID_BYTES = 18;

/** Some bytes on their way in. What it has reserved is given back when it is disposed of before `keep`. */
export interface Draft extends Disposable {
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

/**
 * What an adapter knows of its bytes without looking at them: the records, who uses how much, what is over.
 * About 400 bytes of memory a record.
 */
export class Ledger {
  readonly #records = new Map<string, BlobRecord>();
  readonly #usedBytes = new Map<string, number>();
  readonly #over = new Set<string>();
  readonly #options: { [key in keyof BlobsOptions]-?: NonNullable<BlobsOptions[key]> };

  constructor(options: BlobsOptions) {
    this.#options = {
      now: options.now ?? Date.now,
      random: options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
      keepMs: options.keepMs ?? DAY_MS,
      maxBytes: options.maxBytes ?? GIB,
      quotaBytes: options.quotaBytes ?? 4 * GIB,
    };
  }

  /** The record of an id, unless its time is up. */
  get(id: string): BlobRecord | undefined {
    const record = this.#records.get(id);
    return record !== undefined && record.expiresMs > this.#options.now() ? record : undefined;
  }

  /** Enters what is already kept. */
  add(record: BlobRecord): void {
    this.#records.set(record.id, record);
    this.#use(record.owner, record.size);
  }

  /** Strikes an id out; false when there was none. */
  drop(id: string): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    this.#records.delete(id);
    this.#use(record.owner, -record.size);
    return true;
  }

  /** Ids whose time is up: struck out, told once, their bytes are for the adapter to remove. */
  takeOver(): string[] {
    this.#retire();
    const ids = [...this.#over];
    this.#over.clear();
    return ids;
  }

  /** Begins to take bytes in. */
  draft({ owner, name, maxBytes = Infinity, keepMs, signal }: PutOptions): Draft {
    const options = this.#options;
    const id = options.random(ID_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
    let reservedBytes = 0;
    const reserve = (bytes: number) => {
      this.#reserve(owner, bytes);
      reservedBytes += bytes;
    };
    const release = () => {
      this.#use(owner, -reservedBytes);
      reservedBytes = 0;
    };
    return {
      id,
      fill: async (body, write) => {
        const limit = Math.min(maxBytes, options.maxBytes);
        const known = body instanceof Uint8Array && body.length <= limit;
        if (known) reserve(body.length);
        const { size, head } = await takeIn(body, {
          maxBytes: limit,
          signal,
          write: (chunk) => {
            if (!known) reserve(chunk.length);
            return write(chunk);
          },
        });
        const createdMs = options.now();
        const expiresMs = createdMs + (keepMs ?? options.keepMs);
        return { id, owner, name: cleanName(name), size, mime: await sniff(head), createdMs, expiresMs };
      },
      keep: (record) => {
        release();
        this.add(record);
      },
      [Symbol.dispose]: release,
    };
  }

  #reserve(owner: string, bytes: number): void {
    const full = () => (this.#usedBytes.get(owner) ?? 0) + bytes > this.#options.quotaBytes;
    if (full()) this.#retire();
    if (full()) throw new Fault("no_space", "There is no room left for more of your files");
    this.#use(owner, bytes);
  }

  #use(owner: string, bytes: number): void {
    const used = (this.#usedBytes.get(owner) ?? 0) + bytes;
    if (used > 0) this.#usedBytes.set(owner, used);
    else this.#usedBytes.delete(owner);
  }

  #retire(): void {
    const now = this.#options.now();
    for (const [id, record] of this.#records) {
      if (record.expiresMs > now) continue;
      this.drop(id);
      this.#over.add(id);
    }
  }
}
