import { CHUNK_BYTES, discard } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import type {
  AppendOptions,
  BeginOptions,
  BlobRecord,
  Blobs,
  BlobsOptions,
  ByteRange,
  PutOptions,
  Upload,
} from "./port.ts";
import { SNIFF_BYTES } from "./sniff.ts";
import { Uploads } from "./uploads.ts";

/** Keeps bytes in memory: for tests and for a demo that may forget. */
export function memoryBlobs(options: BlobsOptions = {}): Blobs {
  return new MemoryBlobs(options);
}

class MemoryBlobs implements Blobs {
  readonly #ledger: Ledger;
  readonly #bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #parts = new Map<string, Uint8Array<ArrayBuffer>[]>();
  readonly #uploads: Uploads;

  constructor(options: BlobsOptions) {
    this.#ledger = new Ledger(options);
    const parts = this.#parts;
    const chunksOf = (id: string) => parts.get(id) ?? [];
    this.#uploads = new Uploads(this.#ledger, {
      create: async ({ id }) => void parts.set(id, []),
      extend: (id, fill) => fill((chunk) => void chunksOf(id).push(chunk.slice())),
      head: async (id) => new Uint8Array(await new Blob(chunksOf(id)).slice(0, SNIFF_BYTES).arrayBuffer()),
      finish: async ({ id, size }) => {
        this.#bytes.set(id, join(chunksOf(id), size));
        parts.delete(id);
      },
      remove: async (id) => void parts.delete(id),
    });
  }

  async put(body: Uint8Array | ReadableStream<Uint8Array>, options: PutOptions): Promise<BlobRecord> {
    using draft = this.#ledger.draft(options);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    try {
      const record = await draft.fill(body, (chunk) => void chunks.push(chunk.slice()));
      this.#bytes.set(record.id, join(chunks, record.size));
      draft.keep(record);
      return record;
    } catch (cause) {
      await discard(body);
      throw cause;
    }
  }

  get(id: string): Promise<BlobRecord | undefined> {
    return Promise.resolve(this.#ledger.get(id));
  }

  read(id: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
    const record = this.#ledger.get(id);
    const bytes = this.#bytes.get(id);
    if (record === undefined || bytes === undefined) return Promise.resolve(undefined);
    let at = range?.start ?? 0;
    const end = range === undefined ? bytes.length : range.end + 1;
    return Promise.resolve(
      new ReadableStream({
        pull(controller) {
          // A copy: the reader may transfer the buffer.
          const chunk = bytes.slice(at, Math.min(at + CHUNK_BYTES, end));
          at += chunk.length;
          if (chunk.length > 0) controller.enqueue(chunk);
          if (at >= end) controller.close();
        },
      }, { highWaterMark: 0 }),
    );
  }

  async delete(id: string): Promise<void> {
    await this.#uploads.drop(id);
    this.#ledger.drop(id);
    this.#bytes.delete(id);
  }

  begin(options: BeginOptions): Promise<Upload> {
    return this.#uploads.begin(options);
  }

  upload(id: string): Promise<Upload | undefined> {
    return Promise.resolve(this.#uploads.find(id));
  }

  settle(id: string): Promise<Upload | undefined> {
    return this.#uploads.settle(id);
  }

  append(
    id: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    options: AppendOptions,
  ): Promise<BlobRecord | undefined> {
    return this.#uploads.append(id, body, options);
  }

  async sweep(): Promise<number> {
    const over = this.#ledger.takeOver();
    for (const id of over) this.#bytes.delete(id);
    return over.length + await this.#uploads.sweep();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#uploads.close();
    this.#bytes.clear();
    this.#parts.clear();
  }
}

function join(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
