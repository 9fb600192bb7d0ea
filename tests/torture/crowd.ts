/**
 * Three bad clients, for `neighbours.ts`, in a process of their own: one that hangs, one that eats memory and one that
 * floods, until its input ends. Then it says how often each has come. It gives way to all others: clients do not take the
 * processor of the server that they harm.
 */
import { setPriority } from "node:os";
import type { TestServer } from "@/tests/server.ts";
import { Torture } from "./torture.ts";

const [base = ""] = Deno.args;
setPriority(Deno.pid, 19);
using torture = new Torture({ base } as TestServer);
const done = { hangProcess: 0, oom: 0, single: 0 };
let over = false;

const all = Promise.all([
  again("hangProcess", (session) => torture.call("hangProcess", {}, { session })),
  again("oom", (session) => torture.call("oom", {}, { session })),
  again(
    "single",
    (session) =>
      Promise.all(Array.from({ length: 20 }, () => torture.call("single", { amount: 20 }, { session }))),
  ),
]);
await Deno.stdout.write(new TextEncoder().encode("here\n"));
for await (const _ of Deno.stdin.readable);
over = true;
await all;
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(done)));

async function again(action: keyof typeof done, work: (session: string) => Promise<unknown>): Promise<void> {
  const session = await torture.session();
  // Once at least, however busy the machine is.
  while (!over || done[action] === 0) {
    await work(session);
    done[action]++;
    torture.received.length = 0;
  }
}
