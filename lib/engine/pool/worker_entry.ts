/** The first module of a worker in the pool. */
import { Executor } from "./executor.ts";
import type { FromHandler, ToHandler } from "./message.ts";
import { tellError } from "./told.ts";

const scope = globalThis as unknown as {
  postMessage(message: FromHandler): void;
  onmessage: (event: MessageEvent<ToHandler>) => void;
  close: () => void;
};
// Bound before any handler's module is loaded.
const send = scope.postMessage.bind(scope);
const executor = new Executor({ send });
scope.onmessage = ({ data }) => executor.hear(data);

// A worker that ends itself tells nobody: the pool would wait for the time limit.
const { exit } = Deno;
Deno.exit = (code = 0) => {
  send({ type: "exit", code });
  return exit(code);
};
scope.close = () => Deno.exit(0);

// Without these an error that nothing waits for would end the worker, and with it whatever it does by then.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  send({ type: "stray", error: tellError(event.reason) });
});
addEventListener("error", (event) => {
  event.preventDefault();
  send({ type: "stray", error: tellError(event.error) });
});
send({ type: "ready" });
