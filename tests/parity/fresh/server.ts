import { fileURLToPath } from "node:url";

/** A running parity app. */
export interface ParityServer extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
}

const APP = fileURLToPath(new URL("./app/", import.meta.url));

/** Builds the parity app as upstream's users do and serves the build, each in a process of its own. */
export async function startParityApp(): Promise<ParityServer> {
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
    },
  };
}

function deno(args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd: APP,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdout: "piped",
    stderr: "piped",
  });
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
