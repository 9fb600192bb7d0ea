// deno-lint-ignore-file no-console -- one of them prints
/** Handlers for the tests of the pools: well-behaved, odd and hostile ones. */
import type { RunContext } from "@/lib/demo/action.ts";
import { reset, update } from "@/lib/demo/action.ts";
import { Fault } from "@/lib/value/fault.ts";

export const echo = (input: unknown) => input;
export const add = ({ a, b }: { a: number; b: number }) => Promise.resolve(a + b);
export const updated = () => ({ n: update({ max: 8 }), m: reset() });
export const whereAmI = (_: unknown, { session, request, event }: RunContext) => ({
  session,
  event,
  url: request.url,
  agent: request.headers.get("user-agent"),
});

export const whoAsks = (_: unknown, { session, request }: RunContext) =>
  `${request.user?.name} ${request.user?.roles} ${
    request.query?.get("x")
  } ${request.client} ${session.length}`;

export function* countTo(n: number) {
  for (let i = 1; i < n; i++) yield i;
  return n;
}

export async function* words(text: string) {
  for (const word of text.split(" ")) {
    await Promise.resolve();
    yield word;
  }
}

let produced = 0;
export function* produce() {
  produced = 0;
  for (;;) yield ++produced;
}
export const howManyProduced = () => produced;

export async function borrow({ photo }: { photo: { name: string; bytes(): Promise<Uint8Array> } }) {
  return [photo.name, (await photo.bytes()).length];
}
export async function refused({ open }: { open: () => Promise<never> }) {
  await open();
}

export function tell(_: unknown, { progress, log }: RunContext) {
  progress(1, 2, "half");
  for (let i = 0; i < 100_000; i++) progress(i, 100_000);
  log.warning("careful", { title: "Look", seconds: 3 });
  return "told";
}

export const tellPercent = (_: unknown, { progress }: RunContext) => progress(30);

// What a generator's `finally` did is asked for afterwards, of the same worker.
let closed: string[] = [];
export async function* untilClosed(_: unknown, { signal }: RunContext) {
  closed = [];
  try {
    yield "one";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    closed.push("aborted");
    yield "two";
  } finally {
    closed.push("finally");
  }
}
export const whatClosed = () => closed;

export function spinUntilAborted(_: unknown, { signal, progress }: RunContext) {
  progress(0);
  let turns = 0;
  while (!signal.aborted) turns++;
  return turns > 0;
}

export function loop(_: unknown, { progress }: RunContext) {
  progress(0);
  for (;;);
}
export function loopAsPid(_: unknown, { progress }: RunContext) {
  progress(Deno.pid, 2 ** 32);
  for (;;);
}
export function* loopAfterOne() {
  yield 1;
  for (;;);
}
export async function loopAfterWait(_: unknown, { progress }: RunContext) {
  await Promise.resolve();
  progress(0);
  for (;;);
}
export function never(_: unknown, { progress }: RunContext) {
  progress(0);
  return new Promise(() => {});
}

export function eatHeap() {
  const all: unknown[] = [];
  for (;;) all.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
}
export function eatBytes() {
  const all: unknown[] = [];
  for (;;) all.push(new Uint8Array(16 * 2 ** 20).fill(1));
}

export const exit = (code: number) => Deno.exit(code);
export const lateRejection = () => void Promise.reject(new Error("late"));
export const killSelf = () => new Promise(() => Deno.kill(Deno.pid, "SIGKILL"));
export const print = () => console.log("printed");
export const junk = () => void Deno.stdout.writeSync(new TextEncoder().encode("hello, pipe\n"));
export function hugeHead() {
  const bytes = new Uint8Array(64);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, 0x41544c31);
  head.setUint32(4, 10);
  head.setUint32(8, 2 ** 30);
  Deno.stdout.writeSync(bytes);
}
export const readFile = (path: string) => Deno.readTextFile(path);
export const environment = () => Deno.env.toObject();
export const fetches = () => fetch("http://127.0.0.1:4001/");
export const gives = (what: "function" | "symbol") => what === "function" ? () => 1 : Symbol("s");

export async function refuse() {
  await Promise.resolve();
  throw new Fault("refused", "Not today", { field: "n" });
}
export function throwOdd(what: string): never {
  switch (what) {
    case "error":
      throw new RangeError("Canary");
    case "string":
      throw "just text";
    case "null":
      throw null;
    case "undefined":
      throw undefined;
    case "getter":
      throw Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("trap");
        },
      });
    case "object":
      throw {
        get message() {
          throw new Error("trap");
        },
        toString() {
          throw new Error("trap");
        },
      };
    case "proxy":
      throw new Proxy({}, {
        get() {
          throw new Error("trap");
        },
        getPrototypeOf() {
          throw new Error("trap");
        },
      });
    case "long":
      throw new Error("x".repeat(2 ** 20));
    case "circular": {
      const error = new Error("round") as Error & { self?: unknown };
      error.self = error;
      error.cause = error;
      throw error;
    }
    case "aggregate":
      throw new AggregateError([new Error("a"), new Error("b")], "both");
    case "promise":
      throw Promise.resolve(1);
    case "function":
      throw () => 1;
    case "symbol":
      throw Symbol("s");
    case "abort":
      throw new DOMException("stopped", "AbortError");
    case "false fault":
      throw Object.assign(new Error("no such code"), { name: "Fault", code: "constructor" });
    default:
      throw new Error(`no such case: ${what}`);
  }
}
