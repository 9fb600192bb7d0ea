/**
 * A process with a store on a failing disk. For each line of its input it commits a record of that name, and says
 * `kept <name>` or the code of the refusal; `get <name>` reads it. News of the store are lines that begin with `news`.
 */
import { openStore } from "@/lib/store/records_open.ts";

const say = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const store = await openStore(`sqlite:${Deno.args[0]}`, { told: ({ type }) => say(`news ${type}`) });
say("open");
let rest = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) say(await done(line).catch((error) => `${error.code ?? error}`));
}
await store[Symbol.asyncDispose]();

async function done(line: string): Promise<string> {
  const [name, asked] = line.split(" ");
  if (asked !== undefined) return (await store.get([asked])) ? `found ${asked}` : `none ${asked}`;
  await store.commit([{ type: "set", key: [name ?? ""], value: "x".repeat(100_000) }]);
  return `kept ${name}`;
}
