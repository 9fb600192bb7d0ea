import { Connection, get, message } from "./connection.ts";
import { checkFrames, sessionOf } from "./events.ts";
import type { Effort, Put } from "./part.ts";
import { temporary } from "./programs.ts";
import { freePort, start } from "./server.ts";

const CONNECTIONS = 20;
const TURN_MS = 250;
const PAIRS_PER_LOAD = 8;

/**
 * What the guard takes of an event that does nothing. One process serves the same app with the guard and without; both
 * are loaded in turns of a quarter of a second, and each pair of turns gives a difference.
 */
export async function guarding(put: Put, { loads }: Effort): Promise<void> {
  await using folder = await temporary();
  const [plainPort, clockPort] = [freePort(), freePort()];
  await using server = await start({
    args: ["bench/guard_app.ts", "{port}", String(plainPort), String(clockPort)],
    env: { ATOLL_DATA: folder.path },
  });
  const [plainBase, clockBase] = [plainPort, clockPort].map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
  ];
  using connections = new DisposableStack();
  const clock = connections.use(await Connection.open(clockBase));
  const micros = async () => {
    const { body } = await clock.send(message(clockBase, "GET", "/"));
    return Number(new TextDecoder().decode(body));
  };
  const body = JSON.stringify({ action: "echo", input: { x: "Hello" }, session: await sessionOf(server) });
  const turnsAt = async (base: string) => {
    const event = message(base, "POST", "/", { body });
    const open = Array.from({ length: CONNECTIONS }, () => Connection.open(base));
    const opened = (await Promise.all(open)).map((connection) => connections.use(connection));
    return () => turn(opened, event, micros);
  };
  const [guarded, plain] = [await turnsAt(server.base), await turnsAt(plainBase)];
  const headers = (await get(plainBase, "/")).head.toLowerCase();
  if (headers.includes("x-content-type-options")) {
    throw new Error("Cannot measure the guard: the app without it has its headers");
  }
  await guarded();
  await plain();
  for (let pair = 0; pair < loads * PAIRS_PER_LOAD; pair++) {
    // Neither always comes first.
    let [a, b] = [0, 0];
    if (pair % 2 === 0) [a, b] = [await guarded(), await plain()];
    else [b, a] = [await plain(), await guarded()];
    put("guard.cpu", a - b);
    put("guard.share", 100 * (a - b) / a);
  }
}

// The processor's time for one request, in microseconds.
async function turn(
  connections: readonly Connection[],
  event: Uint8Array,
  micros: () => Promise<number>,
): Promise<number> {
  let answered = 0;
  const before = await micros();
  const endMs = performance.now() + TURN_MS;
  await Promise.all(connections.map(async (connection) => {
    while (performance.now() < endMs) {
      checkFrames(await connection.send(event));
      answered++;
    }
  }));
  return (await micros() - before) / answered;
}
