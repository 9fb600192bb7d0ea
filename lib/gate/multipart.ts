import { tooLarge } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";

/** What becomes of the parts of a form. */
export interface PartsOptions {
  readonly maxParts: number;
  /** Longest text of a part, in bytes. */
  readonly maxTextBytes: number;
  /** Takes a text. What it throws ends the reading. */
  readonly text: (name: string, value: string) => void;
  /**
   * Told at once of a file, in the order of the parts; the bytes must then be read to their end or cancelled.
   * What the promise rejects with ends the reading.
   */
  readonly file: (name: string, part: FilePart) => Promise<void>;
}

/** A file as it comes in. */
export interface FilePart {
  /** The name on the sender's side, as it was sent; empty when there is none. */
  readonly filename: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What busboy, which has no types, says of a part. */
interface PartInfo {
  readonly filename?: string | undefined;
  readonly mimeType: string;
  readonly valueTruncated?: boolean;
}

interface Parser {
  on(event: "field", listen: (name: string | undefined, value: string, info: PartInfo) => void): this;
  on(event: "file", listen: (name: string | undefined, file: ByteSource, info: PartInfo) => void): this;
  on(event: "partsLimit" | "close", listen: () => void): this;
  on(event: "error", listen: (error: unknown) => void): this;
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): void;
  destroy(): void;
}

type ByteSource = AsyncIterable<Uint8Array> & { resume(): void };

const TYPE = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"[^"\r\n]{1,70}"|[^\s;",]{1,70})\s*(?:;.*)?$/i;

/**
 * Reads a multipart form as it comes in; nothing of a file is held but what its reader has not taken yet.
 * It waits for all files that were begun, also when it fails.
 *
 * @throws {Fault} `bad_request` when the form is malformed; `too_large` past a limit; what the body, `text` and `file`
 * fail with.
 */
export async function readParts(
  body: ReadableStream<Uint8Array>,
  type: string,
  options: PartsOptions,
): Promise<void> {
  if (type.length > 512 || !TYPE.test(type)) {
    await body.cancel();
    throw new Fault("bad_request", "The form names no boundary of 1 to 70 characters");
  }
  const { maxParts, maxTextBytes } = options;
  const { default: busboy } = await import("busboy");
  const parser: Parser = busboy({
    headers: { "content-type": type },
    defParamCharset: "utf8",
    // One more than allowed, so that reaching a limit and passing it differ.
    limits: { parts: maxParts + 1, fieldSize: maxTextBytes + 1 },
  });
  // The first failure is the one that counts: others follow from it.
  const failure = new AbortController();
  const fail = (cause: unknown) => failure.abort(cause);
  const failed = new Promise<never>((_, reject) => {
    failure.signal.addEventListener("abort", () => reject(failure.signal.reason));
  });
  failed.catch(() => {});

  let parts = 0;
  const files: Promise<void>[] = [];
  const attempt = (
    name: string | undefined,
    { mimeType }: PartInfo,
    take: (name: string) => void,
  ): boolean => {
    try {
      failure.signal.throwIfAborted();
      if (++parts > maxParts) throw tooMany(maxParts);
      if (name === undefined) throw new Fault("bad_request", "An entry of the form has no name");
      if (mimeType.toLowerCase() === "multipart/mixed") {
        throw new Fault("bad_request", "The form has a form inside");
      }
      take(name);
      return true;
    } catch (cause) {
      fail(cause);
      return false;
    }
  };
  const closed = new Promise<void>((resolve) => parser.on("close", resolve));
  parser
    .on("error", (cause) => fail(new Fault("bad_request", "The form is not well formed", { cause })))
    .on("partsLimit", () => fail(tooMany(maxParts)))
    .on("field", (given, value, info) => {
      attempt(given, info, (name) => {
        if (info.valueTruncated) throw tooLarge("A text of the form", maxTextBytes);
        options.text(name, value);
      });
    })
    .on("file", (given, bytes, info) => {
      const begun = attempt(given, info, (name) => {
        files.push(options.file(name, { filename: info.filename ?? "", bytes }).catch(fail));
      });
      if (!begun) bytes.resume();
    });
  try {
    for await (const chunk of body) await Promise.race([write(parser, chunk), failed]);
    parser.end();
    await Promise.race([closed, failed]);
  } catch (cause) {
    fail(cause);
    parser.destroy();
  }
  await Promise.all(files);
  failure.signal.throwIfAborted();
}

function write(parser: Parser, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(chunk, (error) => error ? reject(error) : resolve());
  });
}

function tooMany(maxParts: number): Fault {
  return new Fault("too_large", `The form has more than ${maxParts} entries`);
}
