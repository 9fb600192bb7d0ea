import { copyProject } from "@/tests/copied.ts";
import { amount } from "@/tests/effort.ts";
import { startServer, type TestServer } from "@/tests/server.ts";
import type { Ground } from "./checks.ts";
import { Torture } from "./torture.ts";

/** A server that is ready for torture. */
export interface Prepared extends AsyncDisposable {
  readonly server: TestServer;
  readonly ground: Ground;
  /** Where its copy of the project lies. */
  readonly root: URL;
}

const ROUTES = "tests/torture/routes";

/**
 * Starts the torture demo on a server of its own: built, with a home, data and secrets that nobody may see. With another
 * folder of routes, a path from the project's root, these and all demos of the project are beside it.
 */
export async function prepare(env: Record<string, string> = {}, beside?: string): Promise<Prepared> {
  const stack = new AsyncDisposableStack();
  const copied = stack.use(await copyProject(beside === undefined ? ROUTES : [ROUTES, beside]));
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "atoll-torture-" }));
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const canaries = ["ENV", "FILE", "HOME", "SRC"].map((name) => `CANARY_${name}`);
  for (const name of ["data", "home"]) await Deno.mkdir(`${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/beside.txt`, "CANARY_FILE");
  await Deno.writeTextFile(`${folder}/home/.secret`, "CANARY_HOME");
  let hits = 0;
  const trap = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    hits++;
    return new Response();
  });
  stack.defer(() => trap.shutdown());
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  const server = stack.use(
    await startServer({
      ATOLL_DATA: `${folder}/data`,
      HOME: `${folder}/home`,
      DENO_DIR: cache,
      DENO_V8_FLAGS: "--expose-gc",
      SECRET_OF_THE_SERVER: "CANARY_ENV",
      TRAP: `http://127.0.0.1:${trap.addr.port}/`,
      ...env,
    }, copied.root),
  );
  // What is run for the first time takes longer than ever after.
  using torture = new Torture(server);
  for (let at = 0; at < 50; at++) await torture.call("echo", { text: "warm" });
  for (const action of ["remember", "junk"]) await torture.call(action);
  await torture.call("hangProcess");
  return {
    server,
    root: copied.root,
    // A time: the gate compares none. 200 ms are promised, on a machine that does nothing else.
    ground: { folder, canaries, hits: () => hits, mostLagMs: amount({ gate: Infinity, proof: 400 }) },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
