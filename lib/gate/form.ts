import type { FormEntries } from "@/lib/demo/component.ts";
import { type Blobs, tooLarge, toRef } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { checkType, decode, readBytes, streamBody } from "./arrival.ts";
import { type FilePart, readParts } from "./multipart.ts";

/** What a form may hold. */
export interface FormLimits {
  /** Largest file in bytes. Default 1 GiB. */
  readonly maxFileBytes?: number | undefined;
  /** Largest form with files, in bytes. Default `maxFileBytes` and 8 MiB. */
  readonly maxBytes?: number | undefined;
  /** Largest form that is not sent in parts, in bytes. Default 256 KiB: the page that comes back has all of it, escaped. */
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
  /** The session, or who tells it by the texts that came before the file. */
  readonly owner: string | ((text: (name: string) => string | undefined) => string);
  readonly blobs: Blobs;
  /** Path that answers with the bytes of an id. */
  readonly url: (id: string) => string;
  readonly limits?: FormLimits | undefined;
}

type Limits =
  & { readonly [key in Exclude<keyof FormLimits, "stallMs">]-?: number }
  & Pick<FormLimits, "stallMs">;

const MIB = 1024 * 1024;
const PLUS = 43;
const SPACE = 32;

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
    maxTextFormBytes: rest.maxTextFormBytes ?? MIB / 4,
    maxPairs: rest.maxPairs ?? 1000,
    maxParts: rest.maxParts ?? 100,
    maxTextBytes: rest.maxTextBytes ?? 65_536,
    maxNameBytes: rest.maxNameBytes ?? 200,
    stallMs: rest.stallMs,
  };
  const type = request.headers.get("content-type") ?? "";
  return /^multipart\/form-data(?=\s*(?:;|$))/i.test(type)
    ? await readMultipart(request, type, options, limits)
    : await readPairs(request, limits);
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
    // A browser sends each line break of a text as "\r\n", where a script reads "\n".
    if (text !== undefined) at.texts.push(text.replaceAll("\r\n", "\n"));
    if (file !== undefined) at.files.push(file);
  }
  return map;
}

function checkName(name: string, maxBytes: number): string {
  if (new TextEncoder().encode(name).length <= maxBytes) return name;
  throw tooLarge("The name of an entry of the form", maxBytes);
}

async function readPairs(request: Request, limits: Limits): Promise<Map<string, FormEntries>> {
  checkType(request, "application/x-www-form-urlencoded");
  const bytes = await readBytes(request, { maxBytes: limits.maxTextFormBytes, stallMs: limits.stallMs });
  // As bytes, because replacing a million letters of a text takes 50 ms.
  for (let at = bytes.indexOf(PLUS); at !== -1; at = bytes.indexOf(PLUS, at + 1)) bytes[at] = SPACE;
  const text = decode(bytes);
  const pairs = text.split("&", limits.maxPairs + 1);
  if (pairs.length > limits.maxPairs) {
    throw new Fault("too_large", `The form has more than ${limits.maxPairs} entries`);
  }
  return collect(
    pairs.filter((pair) => pair !== "").map((pair) => {
      const at = pair.indexOf("=");
      const [name, text] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return { name: checkName(unescape(name), limits.maxNameBytes), text: unescape(text) };
    }),
  );
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new Fault("bad_request", "The form is not percent-encoded UTF-8", { cause });
  }
}

async function readMultipart(
  request: Request,
  type: string,
  { owner, blobs, url }: FormOptions,
  limits: Limits,
): Promise<Map<string, FormEntries>> {
  const body = streamBody(request, limits, "The form");
  const entries: Entry[] = [];
  const kept: string[] = [];
  const enter = (entry: Entry): Entry => {
    checkName(entry.name, limits.maxNameBytes);
    entries.push(entry);
    return entry;
  };
  const keep = async (entry: Entry, { filename, bytes }: FilePart) => {
    const before = entries.length;
    const chunks = bytes[Symbol.asyncIterator]();
    const first = await chunks.next();
    // A browser sends an input with no file chosen as a file without name and bytes.
    if (first.done && filename === "") return;
    const text = (name: string) => entries.slice(0, before).find((entry) => entry.name === name)?.text;
    const record = await blobs.put(toStream(first, chunks), {
      owner: typeof owner === "string" ? owner : owner(text),
      name: filename,
      maxBytes: limits.maxFileBytes,
    });
    kept.push(record.id);
    entry.file = toRef(record, url(record.id));
  };
  try {
    await readParts(body, type, {
      ...limits,
      text: (name, text) => void enter({ name, text }),
      file: async (name, part) => await keep(enter({ name }), part),
    });
    return collect(entries);
  } catch (cause) {
    await Promise.allSettled(kept.map((id) => blobs.delete(id)));
    throw cause;
  }
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
