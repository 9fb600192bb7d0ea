import { tooLarge } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";

/** How much of a body to wait for, and how long. */
export interface BodyLimits {
  /** More bytes than this are refused with `too_large`. */
  readonly maxBytes: number;
  /** The longest wait for the next bytes, in milliseconds. Default 30 s. */
  readonly stallMs?: number | undefined;
  /** After this much waiting in all, fewer than 1 KiB for each second of it are too few. Default 10 s. */
  readonly graceMs?: number | undefined;
}

/** How long the next bytes of a body are waited for where nobody says otherwise, in milliseconds. */
export const STALL_MS = 30_000;
const GRACE_MS = 10_000;
const MIN_BYTES_PER_MS = 1024 / 1000;
const SMALL_BYTES = 65_536;
// Deno 2.9 reads ahead of a slow reader without bound when a body comes in chunks, and moves all it has for each one:
// 16 MiB take 0.2 s of work, 64 MiB 1.5 s, 300 MiB 60 s and 150 MiB of memory; with a length 300 MiB take 0.4 s.
const UNTOLD_BYTES = 16 * 1024 * 1024;

const stalls = new WeakMap<Request, number>();

/** Has all readers of a request's body wait this long for its next bytes, in milliseconds, unless they say otherwise. */
export function limitStalls(request: Request, stallMs: number): void {
  stalls.set(request, stallMs);
}

/** Is handed what ends the body, and calls it when the right to send it ends. */
type Cutter = (cut: (why: Fault) => void) => void;
const cutters = new WeakMap<Request, Cutter>();

/** Has a request's body, if it is read as a stream, end with a fault when `cutter` says so. */
export function cutBody(request: Request, cutter: Cutter): void {
  cutters.set(request, cutter);
}

/** What is left of bodies that were given up before their end. */
const leftovers = new WeakMap<Request, Promise<void>>();
/** Since when each of those is waited for, in milliseconds of `performance.now()`. */
const lingering = new Set<{ readonly sinceMs: number }>();
let wanted = 0;

/**
 * Reads what nobody has read of a body and drops it. Settles when all of it is there, or its sender is gone: until then
 * Deno 2.9 keeps the connection, whatever was answered, and nothing but a new server closes it. `undefined` where nothing
 * is left.
 */
export function leftover(request: Request): Promise<void> | undefined {
  const known = leftovers.get(request);
  if (known || request.bodyUsed || request.body?.locked !== false) return known;
  const reader = directReader(request.body);
  // All of it came with the head.
  if (reader === undefined) return undefined;
  return linger(request, async () => {
    for (let buffer = new Uint8Array(SMALL_BYTES);;) {
      const { done, value } = await reader.read(buffer);
      if (done) return;
      buffer = new Uint8Array(value.buffer);
    }
  });
}

/** Whether nothing of a body's bytes is missing, as far as can be known without reading it. Nobody may have read it yet. */
export function isHere({ bodyUsed, body }: Request): boolean {
  if (bodyUsed || body === null || body.locked) return true;
  const reader = directReader(body);
  reader?.releaseLock();
  return reader === undefined;
}

/**
 * Whether bodies that nobody wants have been missing for so many milliseconds, and none is missing that somebody wants:
 * then a new server cuts the connections of nobody else.
 */
export function onlyLeftovers(longerThanMs: number): boolean {
  if (wanted > 0) return false;
  for (const line of lines.values()) if (line.size > 0) return false;
  const [oldest] = lingering;
  return oldest !== undefined && performance.now() - oldest.sinceMs > longerThanMs;
}

function linger(request: Request, finish: () => Promise<unknown>): Promise<void> {
  const entry = { sinceMs: performance.now() };
  lingering.add(entry);
  const over = () => void lingering.delete(entry);
  const promise = finish().then(over, over);
  leftovers.set(request, promise);
  return promise;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a body of limited size as UTF-8 text.
 *
 * @throws {Fault} `bad_request` when it is not UTF-8; `too_large`, `timeout`, `cancelled`
 */
export async function readText(request: Request, limits: BodyLimits): Promise<string> {
  return decode(await readBytes(request, limits));
}

/**
 * The body of a request as a stream that keeps to its limits. `noun` names it in messages. A body whose length is not
 * told may have 16 MiB at most: browsers always tell it.
 *
 * @throws {Fault} `too_large` at once when its length is known to be over; the stream fails with `too_large`, `timeout`.
 */
export function streamBody(
  request: Request,
  limits: BodyLimits,
  noun = "The request",
): ReadableStream<Uint8Array> {
  checkCoding(request);
  const length = checkLength(request, limits.maxBytes, noun);
  const { body } = request;
  if (body === null) return new Response(new Uint8Array()).body as ReadableStream<Uint8Array>;
  const stallMs = limits.stallMs ?? stalls.get(request);
  const cutter = cutters.get(request);
  if (length !== undefined || limits.maxBytes <= UNTOLD_BYTES) {
    return watch(request, body, { ...limits, stallMs }, noun, cutter);
  }
  return watch(
    request,
    body,
    { ...limits, stallMs, maxBytes: UNTOLD_BYTES },
    `${noun}, sent without a Content-Length,`,
    cutter,
  );
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

/** How many bytes of bodies that are read as a whole may be in memory at a time, and how many are. Of the process. */
const held = { mostBytes: 64 * 2 ** 20, bytes: 0 };

/** Sets how many bytes of bodies that are read as a whole may be on their way at a time, but for those of 64 KiB and less. */
export function limitBodies(mostBytes: number): void {
  held.mostBytes = mostBytes;
}

/**
 * Reads a body of limited size.
 *
 * @throws {Fault} `too_large`, `timeout`, `cancelled`; `queue_full` when too many bodies are on their way.
 */
export async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const { maxBytes, stallMs = stalls.get(request) ?? STALL_MS } = limits;
  const length = checkLength(request, maxBytes, "The request");
  // The server sees to it that a body is as long as it says, so a short one can be taken in one go.
  if (length !== undefined && length <= SMALL_BYTES) {
    const reading = request.bytes();
    const bytes = await within(reading, stallMs).catch((cause) => {
      linger(request, () => reading);
      throw cause;
    });
    if (bytes.length > maxBytes) throw tooLarge("The request", maxBytes);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of streamBody(request, limits)) {
      chunks.push(chunk);
      size += chunk.length;
      held.bytes += chunk.length;
      if (held.bytes > held.mostBytes) {
        throw new Fault("queue_full", "Too many large requests are in progress. Try again shortly");
      }
    }
  } finally {
    held.bytes -= size;
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
  request: Request,
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
  noun: string,
  cutter: Cutter | undefined,
): ReadableStream<Uint8Array> {
  const metered = meter(limits, noun);
  const direct = directReader(body);
  let wants = true;
  wanted++;
  const over = () => {
    if (wants) wanted--;
    wants = false;
  };
  if (direct === undefined) {
    const reader = body.getReader();
    const cancel = (reason: unknown) => {
      over();
      return reader.cancel(reason);
    };
    cutter?.((why) => metered.cut(why, { cancel }));
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await metered.read(() => reader.read(), cancel);
        if (done) over();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel,
    }, { highWaterMark: 0 });
  }
  let reading: Promise<{ readonly done: boolean }> | undefined;
  const read = (view: Uint8Array<ArrayBuffer>) => {
    const next = direct.read(view);
    reading = next;
    return next;
  };
  // Not cancelled: what is cancelled while it is read can neither be read to its end nor be closed.
  const leave = () => {
    if (!wants) return Promise.resolve();
    over();
    linger(request, async () => {
      if ((await reading)?.done) return;
      while (!(await read(new Uint8Array(SMALL_BYTES))).done);
    });
    return Promise.resolve();
  };
  // Bytes go straight into the memory that the reader of this stream brings: 300 MB take 13 MB of memory so, and 64 MB
  // with a new piece of it for each chunk.
  cutter?.((why) => metered.cut(why, { cancel: leave }));
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: SMALL_BYTES,
    async pull(controller) {
      const asked = controller.byobRequest as ReadableStreamBYOBRequest;
      const view = asked.view as Uint8Array<ArrayBuffer>;
      const { done, value } = await metered.read(() => read(view), leave);
      if (done) over();
      if (done) controller.close();
      if (value) asked.respondWithNewView(value);
      else asked.respond(0);
    },
    cancel: leave,
  }, { highWaterMark: 0 });
}

/** A reader that fills memory it is given; `undefined` when the body has none, as bodies that do not come from a socket. */
function directReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError && !body.locked) return undefined;
    throw error;
  }
}

/** Holds what is read to its limits; what has passed one is cancelled. */
function meter({ maxBytes, stallMs = STALL_MS, graceMs = GRACE_MS }: BodyLimits, noun: string) {
  let size = 0;
  // Only time spent waiting for the sender counts: a slow disk is not the sender's fault.
  let waitedMs = 0;
  let ended: Fault | undefined;
  // Ends the wait for the bytes that are read.
  let late: ((fault: Fault) => void) | undefined;
  const cut = (why: Fault, reader: { cancel(cause: unknown): Promise<void> }) => {
    ended ??= why;
    late?.(why);
    reader.cancel(why).catch(() => {});
  };
  const read = async <T extends { readonly done: boolean; readonly value?: Uint8Array | undefined }>(
    read: () => Promise<T>,
    cancel: (cause: unknown) => Promise<void>,
  ): Promise<T> => {
    const askedMs = performance.now();
    try {
      const result = await within(read(), stallMs, (end) => late = end);
      const ms = performance.now() - askedMs;
      // Longer than that nobody waits: the process was stopped.
      if (ms <= stallMs + STOPPED_MS) waitedMs += ms;
      if (ended) throw ended;
      if (result.done) return result;
      size += result.value?.length ?? 0;
      if (size > maxBytes) throw tooLarge(noun, maxBytes);
      if (waitedMs > graceMs && size < waitedMs * MIN_BYTES_PER_MS) throw tooSlow();
      return result;
    } catch (cause) {
      cancel(cause).catch(() => {});
      throw ended ?? cause;
    }
  };
  return { read, cut };
}

/** Somebody who waits. */
interface Waiting extends Linked<Waiting> {
  readonly deadlineMs: number;
  readonly late: (fault: Fault) => void;
}

/** Those who wait equally long, in the order of their deadlines. One timer does for all: one each costs 3 microseconds. */
class Line {
  readonly #ms: number;
  readonly #waiting = new LinkedList<Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due. */
  #dueMs = 0;
  /** Whether the timer is about to be set. */
  #arming = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  add(late: (fault: Fault) => void): Waiting {
    const deadlineMs = performance.now() + this.#ms;
    const waiting: Waiting = { deadlineMs, late, before: undefined, after: undefined };
    this.#waiting.add(waiting);
    if (this.#timer === undefined && !this.#arming) this.#arm(STEPS);
    return waiting;
  }

  remove(waiting: Waiting): void {
    // Whose time was up has been taken out already.
    if (waiting.before === undefined && this.#waiting.first !== waiting) return;
    this.#waiting.remove(waiting);
    if (this.#waiting.size === 0 && this.#timer !== undefined) this.#sweep();
  }

  #arm(steps: number): void {
    this.#arming = this.#waiting.size > 0 && steps > 0;
    if (this.#arming) queueMicrotask(() => this.#arm(steps - 1));
    else if (this.#waiting.size > 0) this.#set(this.#ms);
  }

  #set(ms: number): void {
    this.#dueMs = performance.now() + ms;
    this.#timer = setTimeout(() => this.#sweep(), ms);
  }

  /** Tells those whose time is up, and waits for the next. */
  #sweep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    // The process was stopped, or had no time: what came meanwhile is read before anybody is late.
    if (now - this.#dueMs > STOPPED_MS && this.#waiting.size > 0) return this.#set(CATCH_UP_MS);
    for (const waiting of this.#waiting) {
      if (waiting.deadlineMs > now) return this.#set(Math.ceil(waiting.deadlineMs - now));
      this.#waiting.remove(waiting);
      waiting.late(tooSlow());
    }
  }
}

/** A timer that is so late is one of a process that was stopped. */
const STOPPED_MS = 1000;
const CATCH_UP_MS = 500;

/** A body that came with its head is there after a few steps of this turn: for that no timer is set at all. */
const STEPS = 12;

/** By how long they wait. There are as many of them as there are settings. */
const lines = new Map<number, Line>();

function within<T>(
  promise: Promise<T>,
  ms: number,
  told?: (late: (fault: Fault) => void) => void,
): Promise<T> {
  let line = lines.get(ms);
  if (!line) lines.set(ms, line = new Line(ms));
  return new Promise((resolve, reject) => {
    const waiting = line.add(reject);
    told?.(reject);
    promise.then((value) => {
      line.remove(waiting);
      resolve(value);
    }, (cause) => {
      line.remove(waiting);
      reject(
        cause instanceof Fault
          ? cause
          : new Fault("cancelled", "The request did not arrive whole", { cause }),
      );
    });
  });
}

function tooSlow(): Fault {
  return new Fault("timeout", "The request took too long to arrive");
}

/** @throws {Fault} `bad_request` when the bytes are not UTF-8 */
export function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Fault("bad_request", "The body is not valid UTF-8", { cause });
  }
}
