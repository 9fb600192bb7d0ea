/**
 * Users who mind their own business, for `neighbours.ts`, in a process of their own: what others do to the server must
 * not be what they do to those who measure. For each line of its input it says the p99 of an echo, in milliseconds, of
 * twenty users who ask again and again, a thousand times a second together, for so many milliseconds.
 */
import assert from "node:assert/strict";
import { Connection, get, message } from "@/bench/connection.ts";

const USERS = 20;
const PAUSE_MS = 20;
const [base = ""] = Deno.args;
const decoder = new TextDecoder();

interface User {
  readonly connection: Connection;
  readonly echo: Uint8Array;
  readonly text: string;
}

const users: User[] = [];
for (let at = 0; at < USERS; at++) {
  const page = decoder.decode((await get(base, "/torture")).body);
  const session = /name="\$session" value="([^"]+)"/.exec(page)?.[1];
  assert.ok(session, "the page names no session");
  const text = `user ${at}`;
  const body = JSON.stringify({ action: "echo", input: { text }, session });
  users.push({
    connection: await Connection.open(base),
    echo: message(base, "POST", "/torture", { body }),
    text,
  });
}

let rest = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const p99 = await windowOf(Number(line));
    await Deno.stdout.write(new TextEncoder().encode(`${p99}\n`));
  }
}
for (const { connection } of users) connection[Symbol.dispose]();

async function windowOf(ms: number): Promise<number> {
  const waits: number[] = [];
  const end = performance.now() + ms;
  await Promise.all(users.map(async ({ connection, echo, text }) => {
    while (performance.now() < end) {
      const sinceMs = performance.now();
      const { status, body } = await connection.send(echo);
      waits.push(performance.now() - sinceMs);
      assert.ok(status === 200 && decoder.decode(body).includes(`"${text}"`), `${status}`);
      // Not all at once, as nobody would.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())));
    }
  }));
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] as number;
}
