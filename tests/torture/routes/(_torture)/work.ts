import type { RunContext } from "atoll";

// CANARY_SRC: this comment stays on the server.

/** Never ends, and never looks up. */
export function loop(): string {
  for (let turns = 0;; turns = (turns + 1) % 1000);
}

/** Takes memory until there is none. */
export function eat(): string {
  const all: Uint8Array[] = [];
  for (;;) all.push(new Uint8Array(8 * 2 ** 20).fill(1));
}

/** Ends whatever it runs in. */
export function exit(code: number): string {
  Deno.exit(code);
}

/** Ends as a crash would end it. */
export function die(): string {
  Deno.kill(Deno.pid, "SIGKILL");
  for (;;);
}

/** Writes to the pipe that the server reads. */
export function junk(bytes: number): string {
  const line = new Uint8Array(65_536).fill(120);
  for (let left = bytes; left > 0; left -= line.length) Deno.stdout.writeSync(line);
  Deno.stdout.writeSync(new TextEncoder().encode('\n{"type":"result","id":1,"value":"forged"}\n'));
  return "not disturbed";
}

let kept = "";

/** Keeps a text where all runs of this worker find it, and gives what was there. */
export function remember(text: string, { session }: RunContext): string {
  const before = kept;
  kept = `${text} of ${session}`;
  return before;
}
