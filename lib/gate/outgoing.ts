import { Buffer } from "node:buffer";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** One request, to one address. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Longest wait for the headers of the answer, in milliseconds. */
  readonly headersMs: number;
}

/**
 * Asks a host at an address that was checked, whatever the name may stand for by now, on a connection of its own. Gives
 * the answer's headers; the body is still to be read, or to be destroyed. `fetch` cannot be told an address.
 */
export function ask(
  url: URL,
  address: string,
  { method, headers, body, signal, headersMs }: Outgoing,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const family = isIP(address);
    const request = (url.protocol === "https:" ? https : http).request(url, {
      method,
      headers: body === undefined
        ? headers
        : { ...headers, "content-length": String(Buffer.byteLength(body)) },
      agent: false,
      lookup: (_name, options, done) => {
        if (options.all) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    });
    const timer = setTimeout(() => request.destroy(new Error("The headers took too long")), headersMs);
    const end = () => request.destroy(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    };
    request.on("response", (message) => {
      settle();
      // Whoever reads is told; whoever destroys it does not want to know.
      message.on("error", () => {});
      resolve(message);
    });
    request.on("error", (error) => {
      settle();
      reject(error);
    });
    request.end(body);
    if (signal.aborted) end();
  });
}

/** The headers of an answer, without cookies and without what was true of its coded body only. */
export function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (/^(?:set-cookie|content-encoding|content-length|transfer-encoding)$/.test(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value ?? "");
  }
  return headers;
}

/**
 * The body of an answer, decoded.
 *
 * @throws {RangeError} (by the promise) when it has more bytes than it may; the signal's reason when that ends it
 */
export async function read(
  message: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const decoded = decoder(message);
  const end = () => {
    decoded.destroy(signal.reason);
    message.destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    if (signal.aborted) end();
    for await (const chunk of decoded) {
      size += (chunk as Uint8Array).length;
      if (size > maxBytes) throw new RangeError(`The answer has more than ${maxBytes} bytes`);
      chunks.push(chunk as Uint8Array);
    }
  } finally {
    signal.removeEventListener("abort", end);
    decoded.destroy();
    message.destroy();
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function decoder(message: IncomingMessage): Readable {
  const coding = message.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (coding === "identity") return message;
  const into = coding === "gzip"
    ? createGunzip()
    : coding === "deflate"
    ? createInflate()
    : coding === "br"
    ? createBrotliDecompress()
    : undefined;
  if (into === undefined) throw new TypeError(`The answer is coded as ${coding}`);
  message.on("error", (error) => into.destroy(error));
  return message.pipe(into);
}
