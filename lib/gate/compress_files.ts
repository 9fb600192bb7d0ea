import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** What fits in one packet with its headers arrives no sooner when it is smaller. */
const FROM_BYTES = 512;
/** A larger file is not read into memory for this. */
const TO_BYTES = 2 * 2 ** 20;
/** Of all files together. What comes after that is sent as it is. */
const KEPT_BYTES = 16 * 2 ** 20;
const TEXT =
  /^(?:text\/(?!html|event-stream)|image\/svg\+xml|application\/(?:javascript|json|manifest\+json|xml))/;

type Bytes = Uint8Array<ArrayBuffer>;

/** How a file is made smaller. */
export const FORMS = {
  // Half a percent larger than by the highest level, for a tenth of the time.
  br: async (bytes: Bytes) =>
    new Uint8Array(
      await promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 9,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
    ),
  gzip: async (bytes: Bytes) => new Uint8Array(await promisify(gzip)(bytes, { level: 9 })),
} as const;

type Encoding = keyof typeof FORMS;

interface Kept {
  readonly bytes: Bytes;
  readonly forms: Map<Encoding, Promise<Bytes>>;
}

/**
 * Smaller forms of files that say that they never change: scripts and styles of a build. Each is compressed once, outside
 * of the event loop, and kept. Fresh sends them as they are.
 *
 * Such a file is the same for everybody, so its length tells nothing of anybody.
 */
export class CompressedFiles {
  readonly #kept = new Map<string, Kept>();
  readonly #make: typeof FORMS;
  #bytes = 0;

  /** `make` stands in for the ways to compress, in tests. */
  constructor(make: typeof FORMS = FORMS) {
    this.#make = make;
  }

  /** The answer in its smaller form, if it is such a file and the client takes one. */
  async send(response: Response, request: Request): Promise<Response> {
    const { headers } = response;
    if (!isFile(response)) return response;
    headers.append("vary", "accept-encoding");
    const encoding = acceptedOf(request.headers.get("accept-encoding"));
    if (encoding === undefined) return response;
    const bytes = await response.bytes();
    const form = await this.#form(request.url.split(/[?#]/, 1)[0] as string, bytes, encoding);
    if (form.length < bytes.length) {
      headers.set("content-encoding", encoding);
      headers.set("content-length", String(form.length));
      const etag = headers.get("etag");
      if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
    }
    return new Response(form.length < bytes.length ? form : bytes, { headers });
  }

  #form(path: string, bytes: Bytes, encoding: Encoding): Promise<Bytes> | Bytes {
    let kept = this.#kept.get(path);
    if (kept === undefined || Buffer.compare(kept.bytes, bytes) !== 0) {
      const total = this.#bytes - (kept?.bytes.length ?? 0) + bytes.length;
      if (total > KEPT_BYTES) return bytes;
      this.#bytes = total;
      this.#kept.set(path, kept = { bytes, forms: new Map() });
    }
    let form = kept.forms.get(encoding);
    if (form === undefined) {
      const { forms } = kept;
      // A compression that fails is tried again with the next request, and this one gets the file as it is.
      form = this.#make[encoding](bytes).catch(() => {
        forms.delete(encoding);
        return bytes;
      });
      forms.set(encoding, form);
    }
    return form;
  }
}

function isFile({ headers, status }: Response): boolean {
  if (status !== 200 || headers.has("content-encoding") || headers.has("set-cookie")) return false;
  if (!/\bpublic\b.*\bimmutable\b/.test(headers.get("cache-control") ?? "")) return false;
  const length = Number(headers.get("content-length"));
  return length >= FROM_BYTES && length <= TO_BYTES && TEXT.test(headers.get("content-type") ?? "");
}

/** The smallest form that a client takes. */
export function acceptedOf(header: string | null): Encoding | undefined {
  const accepted = new Set<string>();
  for (const part of header?.toLowerCase().split(",") ?? []) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    if (!parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))) accepted.add(name);
  }
  return (["br", "gzip"] as const).find((encoding) => accepted.has(encoding));
}
