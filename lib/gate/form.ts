import busboy from "busboy";
import type { FormEntries } from "@/lib/demo/component.ts";
import { type Blobs, tooLarge } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { checkType, readText, streamBody } from "./arrival.ts";
import { toRef } from "./files.ts";

/** What a form may hold. */
export interface FormLimits {
  /** Largest file in bytes. Default 1 GiB. */
  readonly maxFileBytes?: number | undefined;
  /** Largest form with files, in bytes. Default `maxFileBytes` and 8 MiB. */
  readonly maxBytes?: number | undefined;
  /** Largest form without files, in bytes. Default 1 MiB. */
  readonly maxTextFormBytes?: number | undefined;
  /** Most entries of a form without files. Default 1,000. */
  readonly maxPairs?: number | undefined;
  /** Most parts of a form with files. Default 100. */
  readonly maxParts?: number | undefined;
  /** Longest text in a form with files, in bytes. Default 64 KiB. */
  readonly maxTextBytes?: number | undefined;
  /** Longest name of an entry, in bytes. Default 200. */
  readonly maxNameBytes?: number | undefined;
  /** The longest wait for the next bytes, in milliseconds. Default 30 s. */
  readonly stallMs?: number | undefined;
}

/** Whose the files of a form will be and where they will be found. */
export interface FormOptions {
  readonly owner: string;
  readonly blobs: Blobs;
  /** Path that answers with the bytes of an id. */
  readonly url: (id: string) => string;
  readonly limits?: FormLimits | undefined;
}

type Limits =
  & { readonly [key in Exclude<keyof FormLimits, "stallMs">]-?: number }
  & Pick<FormLimits, "stallMs">;

/** What busboy, which has no types, gives of a part. */
interface Part {
  readonly filename?: string | undefined;
  readonly mimeType: string;
  readonly valueTruncated?: boolean;
}
type FilePart = AsyncIterable<Uint8Array> & { resume(): void };
interface Parser {
  on(event: "field", listen: (name: string | undefined, value: string, part: Part) => void): this;
  on(event: "file", listen: (name: string | undefined, file: FilePart, part: Part) => void): this;
  on(event: "partsLimit" | "close", listen: () => void): this;
  on(event: "error", listen: (error: unknown) => void): this;
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): void;
  destroy(): void;
}

const MIB = 1024 * 1024;
const MULTIPART =
  /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"[^"\r\n]{1,70}"|[^\s;",]{1,70})\s*(?:;.*)?$/i;

/**
 * Reads a form that was sent without script. Files go straight to `blobs`; an input with no file chosen is no entry.
 * When the form is refused, none of its files stays.
 *
 * @throws {Fault} `unsupported_type` when it is no form; `bad_request` when it is malformed; `too_large` past a limit;
 * `timeout`, `cancelled`, `no_space` as for a file.
 */
export async function readForm(request: Request, options: FormOptions): Promise<Map<string, FormEntries>> {
  const { maxFileBytes = 1024 * MIB, ...rest } = options.limits ?? {};
  const limits: Limits = {
    maxFileBytes,
    maxBytes: rest.maxBytes ?? maxFileBytes + 8 * MIB,
    maxTextFormBytes: rest.maxTextFormBytes ?? MIB,
    maxPairs: rest.maxPairs ?? 1000,
    maxParts: rest.maxParts ?? 100,
    maxTextBytes: rest.maxTextBytes ?? 65_536,
    maxNameBytes: rest.maxNameBytes ?? 200,
    stallMs: rest.stallMs,
  };
  const type = request.headers.get("content-type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data")) return await readPairs(request, limits);
  if (!MULTIPART.test(type)) {
    throw new Fault("bad_request", "The form names no boundary of 1 to 70 characters");
  }
  return await new MultipartReader(options, limits).read(request, type);
}

/** One entry of a form. */
interface Entry {
  readonly name: string;
  readonly text?: string;
  /** Set once the file is kept; never for an input with no file chosen. */
  file?: FileRef;
}

function collect(entries: readonly Entry[]): Map<string, FormEntries> {
  const map = new Map<string, { texts: string[]; files: FileRef[] }>();
  for (const { name, text, file } of entries) {
    if (text === undefined && file === undefined) continue;
    let at = map.get(name);
    if (!at) map.set(name, at = { texts: [], files: [] });
    if (text !== undefined) at.texts.push(text);
    if (file !== undefined) at.files.push(file);
  }
  return map;
}

function checkName(name: string | undefined, maxBytes: number): string {
  if (name === undefined) throw new Fault("bad_request", "An entry of the form has no name");
  if (new TextEncoder().encode(name).length <= maxBytes) return name;
  throw tooLarge("The name of an entry of the form", maxBytes);
}

async function readPairs(request: Request, limits: Limits): Promise<Map<string, FormEntries>> {
  checkType(request, "application/x-www-form-urlencoded");
  const text = await readText(request, { maxBytes: limits.maxTextFormBytes, stallMs: limits.stallMs });
  const pairs = text.split("&", limits.maxPairs + 1);
  if (pairs.length > limits.maxPairs) {
    throw new Fault("too_large", `The form has more than ${limits.maxPairs} entries`);
  }
  return collect(
    pairs.filter((pair) => pair !== "").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name: checkName(unescape(name), limits.maxNameBytes), text: unescape(value.join("=")) };
    }),
  );
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new Fault("bad_request", "The form is not percent-encoded UTF-8", { cause });
  }
}

/** Reads one multipart form. */
class MultipartReader {
  readonly #options: FormOptions;
  readonly #limits: Limits;
  readonly #entries: Entry[] = [];
  readonly #kept: string[] = [];
  readonly #puts: Promise<void>[] = [];
  readonly #stop = new AbortController();

  constructor(options: FormOptions, limits: Limits) {
    this.#options = options;
    this.#limits = limits;
  }

  async read(request: Request, type: string): Promise<Map<string, FormEntries>> {
    const { maxBytes, maxParts, maxTextBytes, stallMs } = this.#limits;
    const body = streamBody(request, { maxBytes, stallMs }, "The form");
    const parser: Parser = busboy({
      headers: { "content-type": type },
      defParamCharset: "utf8",
      // One more than allowed, so that reaching the limit and passing it differ.
      limits: { parts: maxParts + 1, fieldSize: maxTextBytes + 1, headerPairs: 32 },
    });
    const failed = new Promise<never>((_, reject) => {
      this.#stop.signal.addEventListener("abort", () => reject(this.#stop.signal.reason), { once: true });
    });
    // It may be settled before anybody waits for it.
    failed.catch(() => {});
    const closed = new Promise<void>((resolve) => parser.on("close", resolve));
    parser
      .on("error", (cause) => this.#fail(new Fault("bad_request", "The form is not well formed", { cause })))
      .on("partsLimit", () => this.#fail(this.#tooMany()))
      .on("field", (name, value, part) => this.#try(() => this.#take(name, value, part)))
      .on("file", (name, file, part) =>
        this.#try(() => {
          const kept = this.#keep(this.#enter(name, part), file, part.filename);
          this.#puts.push(kept.catch((cause) => this.#fail(cause)));
        }, file));
    try {
      for await (const chunk of body) await Promise.race([write(parser, chunk), failed]);
      parser.end();
      await Promise.race([closed, failed]);
      await Promise.all(this.#puts);
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      return collect(this.#entries);
    } catch (cause) {
      this.#fail(cause);
      parser.destroy();
      await Promise.allSettled(this.#puts);
      await Promise.all(this.#kept.map((id) => this.#options.blobs.delete(id)));
      throw this.#stop.signal.reason;
    }
  }

  /** The first failure is the one that counts: others follow from it. */
  #fail(cause: unknown): void {
    this.#stop.abort(cause);
  }

  #try(take: () => void, file?: FilePart): void {
    try {
      if (!this.#stop.signal.aborted) return take();
    } catch (cause) {
      this.#fail(cause);
    }
    file?.resume();
  }

  #enter(given: string | undefined, { mimeType }: Part, text?: string): Entry {
    const { maxParts, maxNameBytes } = this.#limits;
    const name = checkName(given, maxNameBytes);
    if (this.#entries.length === maxParts) throw this.#tooMany();
    if (mimeType.startsWith("multipart/")) throw new Fault("bad_request", "The form has a form inside");
    const entry = text === undefined ? { name } : { name, text };
    this.#entries.push(entry);
    return entry;
  }

  #take(name: string | undefined, value: string, part: Part): void {
    if (part.valueTruncated) throw tooLarge(`The text "${name}"`, this.#limits.maxTextBytes);
    this.#enter(name, part, value);
  }

  async #keep(entry: Entry, file: FilePart, filename: string | undefined): Promise<void> {
    const { owner, blobs, url } = this.#options;
    const chunks = file[Symbol.asyncIterator]();
    const first = await chunks.next();
    // A browser sends an input with no file chosen as a file without name and bytes.
    if (first.done && !filename) return;
    const record = await blobs.put(toStream(first, chunks), {
      owner,
      name: filename ?? "",
      maxBytes: this.#limits.maxFileBytes,
      signal: this.#stop.signal,
    });
    this.#kept.push(record.id);
    entry.file = toRef(record, url);
  }

  #tooMany(): Fault {
    return new Fault("too_large", `The form has more than ${this.#limits.maxParts} entries`);
  }
}

function write(parser: Parser, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(chunk, (error) => error ? reject(error) : resolve());
  });
}

function toStream(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): ReadableStream<Uint8Array> {
  let next: IteratorResult<Uint8Array> | undefined = first;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = next ?? await rest.next();
      next = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await rest.return?.();
    },
  }, { highWaterMark: 0 });
}
