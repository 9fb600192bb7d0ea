// deno-lint-ignore-file no-console -- what a handler prints must not get into the pipe
/**
 * The program of a process in the pool: it reads messages from stdin and writes messages to stdout. Argument: the
 * handlers' module.
 */
import { encode, Messages } from "./codec.ts";
import { Executor } from "./executor.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import { tellError } from "./told.ts";

const write = Deno.stdout.writeSync.bind(Deno.stdout);
console.log = console.info = console.debug = console.error;

// Written at once, so that a handler that blocks can still tell how far it is.
function send(message: FromHandler): void {
  const bytes = encode(message);
  for (let at = 0; at < bytes.byteLength;) at += write(bytes.subarray(at));
}

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  send({ type: "stray", error: tellError(event.reason) });
});
addEventListener("error", (event) => {
  event.preventDefault();
  send({ type: "stray", error: tellError(event.error) });
});

const executor = new Executor({ send });
const messages = new Messages();
send({ type: "ready" });
for await (const piece of Deno.stdin.readable) {
  for (const message of messages.take(piece)) executor.hear(message as ToHandler);
}
// The server is gone.
Deno.exit(0);
