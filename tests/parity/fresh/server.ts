import { fileURLToPath } from "node:url";
import { put } from "@/tests/copied.ts";

/** A running parity app. */
export interface ParityServer extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
}

const root = new URL("../../../", import.meta.url);

/**
 * Builds a copy of the parity app as upstream's users do and serves the build, each in a process of its own. The app stands on
 * the Fresh that the project stands on: on its `links` if it has some.
 */
export async function startParityApp(): Promise<ParityServer> {
  const folder = await Deno.makeTempDir({ prefix: "atoll-parity-" });
  await put(new URL("./app", import.meta.url), folder);
  const read = async (file: URL) => JSON.parse(await Deno.readTextFile(file));
  const { links = [] } = await read(new URL("deno.json", root)) as { links?: string[] };
  const config = await read(new URL("./app/deno.json", import.meta.url));
  config.links = links.map((link) => fileURLToPath(new URL(link, root)));
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
  await Deno.symlink(fileURLToPath(new URL("node_modules", root)), `${folder}/node_modules`);
  const deno = (args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args,
      cwd: folder,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdout: "piped",
      stderr: "piped",
    });
  const build = await deno(["run", "-A", "dev.ts", "build"]).output();
  if (!build.success) {
    throw new Error(`The parity app does not build:\n${new TextDecoder().decode(build.stderr)}`);
  }
  const child = deno(["serve", "-A", "--host", "127.0.0.1", "--port", "0", "_fresh/server.js"]).spawn();
  const [own, log] = child.stderr.tee();
  const stdout = child.stdout.cancel();
  const drained = log.pipeTo(new WritableStream());
  const url = await findUrl(own);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await Promise.all([child.status, drained, stdout]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function findUrl(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const chunk of stderr.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
    if (found !== null) return found[0];
  }
  throw new Error(`The parity app does not start:\n${text}`);
}
