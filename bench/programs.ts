import { v8Flags } from "@/lib/cli/v8_flags.ts";
import type { Answer } from "./connection.ts";
import { type Server, start, type StartOptions } from "./server.ts";

const root = new URL("../", import.meta.url);
const decoder = new TextDecoder();

/** Starts the project's own server as `deno task start` does. */
export async function site(): Promise<Server> {
  const folder = await temporary();
  const started = await start({
    args: ["lib/cli/launch.ts"],
    env: { ATOLL_DATA: folder.path },
    ready: "/demos/greeter",
    launches: true,
  });
  return also(started, folder);
}

/** Starts one of the measured apps, see `demos.ts`. */
export async function app(
  name: string,
  { env = {}, port }: Pick<StartOptions, "env" | "port"> = {},
): Promise<Server> {
  const folder = await temporary();
  const options = {
    // As the launcher does, see `site()`.
    args: [v8Flags(), "bench/app.ts", "--built", name, "{port}"],
    env: { ATOLL_DATA: folder.path, ...env },
    port,
  };
  return also(await start(options), folder);
}

/** Starts the bare program, see `floor.ts`. */
export async function floor(
  name: string,
  { env = {}, port }: Pick<StartOptions, "env" | "port"> = {},
): Promise<Server> {
  return await start({ args: ["bench/floor.ts", name, "{port}"], env, port });
}

/** A folder on the disk that is removed with what it holds. */
export async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "atoll-bench-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Runs a program of the project to its end. @throws {Error} when it fails */
export async function run(args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...args],
    cwd: root,
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${args.join(" ")} failed`);
}

/** Token of the session that a page was drawn for. */
export function sessionIn(page: Answer): string {
  const session = /name="\$session" value="([^"]+)"/.exec(decoder.decode(page.body))?.[1];
  if (session === undefined) throw new Error("Cannot find the session of a page");
  return session;
}

function also(server: Server, more: AsyncDisposable): Server {
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await more[Symbol.asyncDispose]();
    },
  };
}
