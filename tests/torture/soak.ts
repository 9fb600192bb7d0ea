// deno-lint-ignore-file no-console -- a command talks to whoever started it
/** `deno task soak`: 200,000 events, or as many as it is told, and what they leave behind. */
import { endure } from "./endurance.ts";

const events = Number(Deno.args[0] ?? 200_000);
await endure({ events, every: Math.max(1000, Math.round(events / 20)), tell: (line) => console.log(line) });
console.log(`${events} events left nothing behind`);
