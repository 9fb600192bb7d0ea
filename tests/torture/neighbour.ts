/**
 * Users who mind their own business, for `neighbours_test.ts`, in a process of their own: what others do to the server
 * must not be what they do to those who measure. For each line of its input it says the p99 of an echo, in milliseconds,
 * of four users who ask again and again for so many milliseconds.
 */
import assert from "node:assert/strict";
import type { TestServer } from "@/tests/server.ts";
import { Torture } from "./torture.ts";

const PAUSE_MS = 10;
const [base = ""] = Deno.args;
using torture = new Torture({ base } as TestServer);

let rest = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const p99 = await windowOf(Number(line));
    await Deno.stdout.write(new TextEncoder().encode(`${p99}\n`));
  }
}

async function windowOf(ms: number): Promise<number> {
  const waits: number[] = [];
  const end = performance.now() + ms;
  await Promise.all(Array.from({ length: 4 }, async (_, user) => {
    const session = await torture.session();
    while (performance.now() < end) {
      const sinceMs = performance.now();
      const { values } = await torture.call("echo", { text: `${user}` }, { session });
      waits.push(performance.now() - sinceMs);
      assert.equal(values.out, `${user}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }));
  torture.received.length = 0;
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] as number;
}
