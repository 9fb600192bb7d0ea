import { Fault } from "@/lib/value/fault.ts";
import { tooLarge } from "./port.ts";
import { SNIFF_BYTES } from "./sniff.ts";

/** How many bytes adapters read and write at a time. */
export const CHUNK_BYTES = 65_536;

/** How to take a body in. */
export interface IntakeOptions {
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Keeps the next bytes; at most {@linkcode CHUNK_BYTES} when the body is an array. Only valid until it returns. */
  readonly write: (chunk: Uint8Array) => void | Promise<void>;
}

/** The number of bytes so far. */
export interface Intake {
  readonly size: number;
  /** The first {@linkcode SNIFF_BYTES}, or all when there are fewer. */
  readonly head: Uint8Array;
}

/**
 * Reads a body to its end, chunk after chunk. When it refuses, the body is cancelled.
 *
 * @throws {Fault} `too_large` past `maxBytes`, `cancelled` when the signal aborts or the sender goes away.
 */
export async function takeIn(
  body: Uint8Array | ReadableStream<Uint8Array>,
  { maxBytes, signal, write }: IntakeOptions,
): Promise<Intake> {
  const head = new Uint8Array(SNIFF_BYTES);
  let size = 0;
  const take = (chunk: Uint8Array): void | Promise<void> => {
    if (size + chunk.length > maxBytes) throw tooLarge("The file", maxBytes);
    if (size < SNIFF_BYTES) head.set(chunk.subarray(0, SNIFF_BYTES - size), size);
    size += chunk.length;
    return write(chunk);
  };
  if (body instanceof Uint8Array) {
    if (body.length > maxBytes) throw tooLarge("The file", maxBytes);
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      if (signal?.aborted) throw cancelled(signal.reason);
      await take(body.subarray(at, at + CHUNK_BYTES));
    }
  } else {
    for await (const chunk of chunks(body, signal)) await take(chunk);
  }
  return { size, head: head.slice(0, Math.min(size, SNIFF_BYTES)) };
}

/** Discards a body that will not be read. Nothing happens when somebody reads it. */
export async function discard(body: Uint8Array | ReadableStream<Uint8Array>): Promise<void> {
  if (body instanceof Uint8Array || body.locked) return;
  // A body that has failed already refuses to be cancelled with the same failure, which is known by then.
  await body.cancel().catch(() => {});
}

async function* chunks(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { reader, read } = readerOf(body);
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", stop);
  try {
    if (signal?.aborted) throw cancelled(signal.reason);
    while (true) {
      const next = await read().catch((cause) => {
        throw cause instanceof Fault ? cause : cancelled(cause);
      });
      if (signal?.aborted) throw cancelled(signal.reason);
      if (next.done) return;
      if (!(next.value instanceof Uint8Array)) {
        throw new TypeError("Cannot keep a stream of anything but Uint8Array chunks");
      }
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
    reader.releaseLock();
  }
}

/** Reads into the same piece of memory over and over where the body can. A chunk is valid until the next is read. */
function readerOf(body: ReadableStream<Uint8Array>): {
  readonly reader: ReadableStreamDefaultReader<Uint8Array> | ReadableStreamBYOBReader;
  readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
} {
  let direct: ReadableStreamBYOBReader;
  try {
    direct = body.getReader({ mode: "byob" });
  } catch (error) {
    if (!(error instanceof TypeError) || body.locked) throw error;
    const reader = body.getReader();
    return { reader, read: () => reader.read() };
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  const read = async () => {
    const next = await direct.read(new Uint8Array(buffer));
    if (next.value) buffer = next.value.buffer;
    return next;
  };
  return { reader: direct, read };
}

function cancelled(cause: unknown): Fault {
  return new Fault("cancelled", "The file did not arrive whole", { cause });
}
