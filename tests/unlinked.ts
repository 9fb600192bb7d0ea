import { put } from "./copied.ts";
import { type JsrRegistry, serveJsr } from "./jsr_registry.ts";

/**
 * The project as a user has it who deleted `links` and the lock: its packages come from a registry. Only which versions npm's
 * packages have is still said, so that all of them are in the cache and nobody has to be asked.
 */
export interface Unlinked extends AsyncDisposable {
  /** Where it lies, with a slash at its end. */
  readonly root: URL;
  /** What Deno is started with there. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the registry: what was not cached is not to be had any more. */
  readonly goOffline: () => Promise<void>;
  /** Runs Deno there. @throws {Error} with its output when it fails */
  readonly deno: (...args: string[]) => Promise<string>;
}

const root = new URL("../", import.meta.url);
const PARTS = ["main.ts", "dev.ts", "routes", "islands", "components", "lib", "static"];

/**
 * Copies the project without `links`, lock and `node_modules`, with a cache of its own that shares the packages of npm with
 * this machine's. `more` are further files and folders to copy.
 */
export async function copyUnlinked(more: readonly string[] = []): Promise<Unlinked> {
  const path = await Deno.makeTempDir({ prefix: "atoll-unlinked-" });
  const at = new URL(`file://${path}/project/`);
  await Deno.mkdir(at);
  for (const part of [...PARTS, ...more]) await put(new URL(part, root), at.pathname + part);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  delete config.links;
  await Deno.writeTextFile(new URL("deno.json", at), JSON.stringify(config));
  const { version, specifiers, npm } = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
  await Deno.writeTextFile(new URL("deno.lock", at), JSON.stringify({ version, specifiers, npm }));
  await Deno.mkdir(`${path}/deno`);
  await Deno.symlink(await npmCache(), `${path}/deno/npm`);
  const registry: JsrRegistry = await serveJsr();
  let isOnline = true;
  const goOffline = async () => {
    if (isOnline) await registry[Symbol.asyncDispose]();
    isOnline = false;
  };
  const env = { NO_COLOR: "1", DENO_DIR: `${path}/deno`, JSR_URL: registry.url };
  return {
    root: at,
    env,
    goOffline,
    deno: async (...args) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: at, env })
        .output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      if (code !== 0) throw new Error(`deno ${args.join(" ")} ended with ${code}: ${out}${err}`);
      return `${out}${err}`;
    },
    [Symbol.asyncDispose]: async () => {
      await goOffline();
      await Deno.remove(path, { recursive: true });
    },
  };
}

async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string }).npmCache;
}
