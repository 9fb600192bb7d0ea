import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import { tooLarge } from "@/lib/store/port.ts";

/** How much of a body to wait for, and how long. */
export interface BodyLimits {
  /** More bytes than this are refused with `too_large`. */
  readonly maxBytes: number;
  /** The longest wait for the next bytes, in milliseconds. Default 30 s. */
  readonly stallMs?: number | undefined;
  /** After this much waiting in all, fewer than 1 KiB for each second of it are too few. Default 10 s. */
  readonly graceMs?: number | undefined;
}

/** Limits of {@linkcode readJson}. */
export interface JsonLimits extends Partial<BodyLimits> {
  /** How deep arrays and objects may lie in each other: `[]` is 1. Default 32. */
  readonly maxDepth?: number | undefined;
}

const STALL_MS = 30_000;
const GRACE_MS = 10_000;
const MIN_BYTES_PER_MS = 1024 / 1000;
const MIB = 1024 * 1024;
const SMALL_BYTES = 65_536;

const KEYS = new Set(["__proto__", "constructor", "prototype"]);
// An exponent of three digits, or so many digits that none is needed to be past all numbers.
const HUGE = /\d[eE]\+?\d{3}|\d{200}/;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON body. Numbers are finite; no object has a key that a careless merge would follow to a prototype.
 *
 * @throws {Fault} `unsupported_type` when it is not sent as UTF-8 `application/json`; `too_large` past `maxBytes`
 * (default 1 MiB); `bad_request` when it is not JSON, not UTF-8 or too deep; `bad_input` for a forbidden key or
 * number; `timeout` when it stalls; `cancelled` when the sender goes away.
 */
export async function readJson(request: Request, limits: JsonLimits = {}): Promise<Json> {
  const { maxBytes = MIB, maxDepth = 32, stallMs, graceMs } = limits;
  checkType(request, "application/json");
  const bytes = await readBytes(request, { maxBytes, stallMs, graceMs });
  const text = decode(bytes);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault("bad_request", "The body is not valid JSON", { cause });
  }
  if (isSuspect(text, bytes, maxDepth)) check(value, maxDepth);
  return value;
}

/**
 * Reads a body of limited size as UTF-8 text.
 *
 * @throws {Fault} `bad_request` when it is not UTF-8, and as {@linkcode readJson} for its size and speed.
 */
export async function readText(request: Request, limits: BodyLimits): Promise<string> {
  return decode(await readBytes(request, limits));
}

/**
 * The body of a request as a stream that keeps to its limits. `noun` names it in messages.
 *
 * @throws {Fault} `too_large` at once when its length is known to be over; the stream fails with `too_large`, `timeout`.
 */
export function streamBody(
  request: Request,
  limits: BodyLimits,
  noun = "The request",
): ReadableStream<Uint8Array> {
  checkCoding(request);
  checkLength(request, limits.maxBytes, noun);
  const { body } = request;
  return body === null
    ? new Response(new Uint8Array()).body as ReadableStream<Uint8Array>
    : watch(body, limits, noun);
}

/** @throws {Fault} `unsupported_type` unless the body is of that type, in UTF-8 and not compressed */
export function checkType(request: Request, type: string): void {
  const given = request.headers.get("content-type") ?? "";
  if (given !== type) {
    const [essence = "", ...parameters] = given.toLowerCase().split(";").map((part) => part.trim());
    const charset = parameters.find((part) => part.startsWith("charset="))?.slice(8).replaceAll('"', "");
    if (essence !== type || (charset !== undefined && charset !== "utf-8" && charset !== "utf8")) {
      throw new Fault("unsupported_type", `The content type must be ${type}, in UTF-8`);
    }
  }
  checkCoding(request);
}

function checkCoding(request: Request): void {
  const coding = request.headers.get("content-encoding");
  if (coding !== null && coding.toLowerCase() !== "identity") {
    throw new Fault("unsupported_type", "The body must not be compressed");
  }
}

function checkLength(request: Request, maxBytes: number, noun: string): number | undefined {
  const given = request.headers.get("content-length");
  if (given === null) return undefined;
  const length = Number(given);
  if (length > maxBytes) throw tooLarge(noun, maxBytes);
  return length;
}

async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const { maxBytes, stallMs = STALL_MS } = limits;
  const length = checkLength(request, maxBytes, "The request");
  // The server sees to it that a body is as long as it says, so a short one can be taken in one go.
  if (length !== undefined && length <= SMALL_BYTES) {
    const bytes = await within(request.bytes(), stallMs);
    if (bytes.length > maxBytes) throw tooLarge("The request", maxBytes);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of streamBody(request, limits)) {
    chunks.push(chunk);
    size += chunk.length;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function watch(
  body: ReadableStream<Uint8Array>,
  { maxBytes, stallMs = STALL_MS, graceMs = GRACE_MS }: BodyLimits,
  noun: string,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  // Only time spent waiting for the sender counts: a slow disk is not the sender's fault.
  let waitedMs = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const askedMs = performance.now();
      try {
        const { done, value } = await within(reader.read(), stallMs);
        waitedMs += performance.now() - askedMs;
        if (done) return controller.close();
        size += value.length;
        if (size > maxBytes) throw tooLarge(noun, maxBytes);
        if (waitedMs > graceMs && size < waitedMs * MIN_BYTES_PER_MS) throw tooSlow();
        controller.enqueue(value);
      } catch (cause) {
        reader.cancel(cause).catch(() => {});
        throw cause;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (cause) => {
        clearTimeout(timer);
        reject(
          cause instanceof Fault
            ? cause
            : new Fault("cancelled", "The request did not arrive whole", { cause }),
        );
      },
    );
  });
}

function tooSlow(): Fault {
  return new Fault("timeout", "The request took too long to arrive");
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Fault("bad_request", "The body is not valid UTF-8", { cause });
  }
}

// Looking at every value costs more than reading them, and almost no body needs it: an escape may hide a forbidden key,
// and only brackets can nest.
function isSuspect(text: string, bytes: Uint8Array, maxDepth: number): boolean {
  if (text.includes("__proto__") || text.includes('"constructor"') || text.includes('"prototype"')) {
    return true;
  }
  if (text.includes("\\u") || HUGE.test(text)) return true;
  let brackets = 0;
  for (let at = 0; at < bytes.length; at++) {
    // Sets the one bit by which "[" and "{" differ.
    if (((bytes[at] as number) | 0x20) === 0x7b && ++brackets > maxDepth) return true;
  }
  return false;
}

function check(root: Json, maxDepth: number): void {
  const values: Json[] = [root];
  const depths = [0];
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    const depth = depths.pop() as number;
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new Fault("bad_input", "The body has a number that is too large");
    }
    if (typeof value !== "object" || value === null) continue;
    if (depth === maxDepth) {
      throw new Fault("bad_request", `The body is nested more than ${maxDepth} levels deep`);
    }
    const inner = Array.isArray(value) ? value : Object.values(value as object) as Json[];
    if (inner.length > 0 && !Array.isArray(value)) {
      for (const key in value) {
        if (KEYS.has(key)) throw new Fault("bad_input", `The body has a key that is not allowed: ${key}`);
      }
    }
    for (const one of inner) {
      values.push(one);
      depths.push(depth + 1);
    }
  }
}
