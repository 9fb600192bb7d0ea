import { type Answer, Connection, message } from "./connection.ts";
import { sessionOf } from "./events.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor } from "./programs.ts";
import { cpuSeconds, type Server } from "./server.ts";

const TOKENS = 500;
const CLIENTS = 50;
// One round is a few ticks of the clock that counts the processor's time.
const ROUNDS = 5;
const HUNDRED = 100;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const text = Array.from({ length: TOKENS }, (_, i) => `word${i % 97} `).join("");

/** A stream that was read by many at once. */
interface Streamed {
  /** From the first request to the last token of the slowest, in milliseconds. */
  readonly lastMs: number;
  readonly answers: readonly Answer[];
}

/** Text that grows as fast as it can: time, the server's work, and whether what is sent grows with what is there. */
export async function tokens(put: Put, { loads }: Effort): Promise<void> {
  await using ours = await app("echo");
  await using bare = await floor("hello");
  const [event, same] = await requests(ours, bare, "tokens_fast", "/tokens");
  await readTogether(ours, event, 1);
  await readTogether(bare, same, 1);
  for (let i = 0; i < loads; i++) {
    const [a, b] = [await rounds(ours, event, framesOf), await rounds(bare, same, linesOf)];
    for (const [at, lastMs] of a.lastMs.entries()) put("tokens.last", lastMs, b.lastMs[at]);
    put("tokens.cpu", a.cpuMicros, b.cpuMicros);
    put("tokens.bytes", a.growth, b.growth);
  }
}

/** Text that grows at the pace of a model. */
export async function paced(put: Put): Promise<void> {
  await using ours = await app("echo");
  await using bare = await floor("hello");
  const [event, same] = await requests(ours, bare, "tokens_paced", "/tokens/paced");
  for (const [name, clients] of [["tokens.paced50", 50], ["tokens.paced100", 100]] as const) {
    const a = await readTogether(ours, event, clients);
    for (const answer of a.answers) framesOf(answer);
    const b = await readTogether(bare, same, clients);
    for (const answer of b.answers) linesOf(answer);
    put(name, a.lastMs, b.lastMs);
  }
}

async function requests(
  ours: Server,
  bare: Server,
  action: string,
  path: string,
): Promise<[Uint8Array, Uint8Array]> {
  const body = JSON.stringify({ action, input: { x: "" }, session: await sessionOf(ours) });
  return [message(ours.base, "POST", "/", { body }), message(bare.base, "POST", path, { body })];
}

async function rounds(server: Server, request: Uint8Array, piecesOf: (answer: Answer) => string[]) {
  const lastMs: number[] = [];
  const growths: number[] = [];
  let cpu = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuSeconds(server.pid);
    const streamed = await readTogether(server, request, CLIENTS);
    cpu += cpuSeconds(server.pid) - before;
    lastMs.push(streamed.lastMs);
    for (const answer of streamed.answers) growths.push(growthOf(piecesOf(answer)));
  }
  const cpuMicros = cpu / (ROUNDS * CLIENTS * TOKENS) * 1e6;
  return { lastMs, cpuMicros, growth: Math.max(...growths) };
}

async function readTogether({ base }: Server, request: Uint8Array, clients: number): Promise<Streamed> {
  using connections = new DisposableStack();
  const open = Array.from({ length: clients }, async () => connections.use(await Connection.open(base)));
  const opened = await Promise.all(open);
  const started = performance.now();
  const answers = await Promise.all(opened.map((connection) => connection.send(request)));
  return { lastMs: performance.now() - started, answers };
}

/** The frames that bring a token each. @throws {Error} when they do not make up the text. */
function framesOf({ status, body }: Answer): string[] {
  const found: string[] = [];
  let seen = "";
  for (const event of decoder.decode(body).split("\n\n")) {
    const data = event.split("\n").find((line) => line.startsWith("data: "))?.slice(6);
    const frame = data === undefined ? undefined : JSON.parse(data) as Told;
    if (frame?.type !== "output") continue;
    const { out = "" } = frame.values;
    seen = frame.mode === "append" ? seen + out : out;
    found.push(event);
  }
  return complete(found, seen, status);
}

interface Told {
  readonly type: string;
  readonly mode: string;
  readonly values: { readonly out?: string };
}

function linesOf({ status, body }: Answer): string[] {
  const lines = decoder.decode(body).split("\n").slice(0, -1);
  return complete(lines, lines.map((line) => (JSON.parse(line) as { a: string }).a).join(""), status);
}

function complete(pieces: string[], seen: string, status: number): string[] {
  if (status === 200 && seen === text && pieces.length === TOKENS) return pieces;
  throw new Error(
    `Cannot measure tokens: one was answered with ${status}, ${pieces.length} tokens, ${seen.length} letters`,
  );
}

// Where each piece holds all that came before, it is nine.
function growthOf(pieces: readonly string[]): number {
  const bytes = (part: readonly string[]) => encoder.encode(part.join("")).length;
  return bytes(pieces.slice(-HUNDRED)) / bytes(pieces.slice(0, HUNDRED));
}
