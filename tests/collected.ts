/**
 * Sends events to a demo without a network, for `collected_test.ts`, and prints how many bytes of an event are left after
 * V8's short collections. Needs `--v8-flags=--expose-gc`. With `keep` a middleware does what this project does nowhere: it writes a function into a property.
 */
import { App } from "fresh";
import { Blocks, button, on, textbox } from "atoll";
import { Engine, systemClock } from "@/lib/engine/engine.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";

/** After these, all is compiled, and what is bounded is full. */
const FIRST = 3000;
const EVENTS = 1000;
const AT_ONCE = 20;
const page = Blocks({
  fields: { x: textbox({ label: "x" }), go: button("Go"), out: textbox({ label: "out" }) },
  actions: ({ x, go, out }) => ({ echo: on(go.click, { inputs: x, outputs: out, fn: (x) => x }) }),
});
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const blobs = memoryBlobs({ now: Date.now, random });
const engine = new Engine({
  blobs,
  clock: systemClock,
  random,
  secret: random(32),
  broke: (error) => String(error),
  // Those are held on purpose.
  keptRuns: 0,
});
const app = guarded(new App<AtollState & { context?: () => unknown }>(), { names: [], dev: false })
  .use((context) => {
    if (Deno.args[0] === "keep") context.state.context = () => context;
    return context.next();
  })
  .use(hostPages({ engine, blobs, clock: systemClock, maxUploadBytes: 2 ** 20, dev: false }))
  .route("/", { component: page });
const answer = app.handler();
const session = engine.sessions.mint();

const { gc } = globalThis as unknown as { gc(options: { type: "minor" | "major" }): void };

await send(FIRST);
gc({ type: "major" });
const before = Deno.memoryUsage().heapUsed;
await send(EVENTS);
// What lives through two of them has become old: only a long collection looks at it again.
for (let round = 0; round < 2; round++) gc({ type: "minor" });
await Deno.stdout.write(new TextEncoder().encode(`${(Deno.memoryUsage().heapUsed - before) / EVENTS}\n`));
engine.close();

async function send(events: number): Promise<void> {
  for (let sent = 0; sent < events; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, sendOne));
  }
}

async function sendOne(): Promise<void> {
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 22);
  const body = JSON.stringify({ id, action: "echo", input: { x: "Hello" }, session });
  const headers = {
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": `${body.length}`,
  };
  const request = new Request("http://127.0.0.1/", { method: "POST", headers, body });
  const completed = Promise.withResolvers<void>();
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
  const response = await answer(request, { remoteAddr, completed: completed.promise });
  const text = await response.text();
  completed.resolve();
  if (!text.includes('"Hello"')) throw new Error(`An event was answered with ${response.status}: ${text}`);
}
