import { copyProject } from "./copied.ts";

/** A dev server of a copy of the project. */
export interface DevServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  /** What it printed so far. */
  readonly output: () => string;
  /** Writes a file of the copy. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** A page as text; empty while the server starts anew. */
  readonly get: (path: string) => Promise<string>;
}

/** Starts what `deno task dev` starts, on a free port of 127.0.0.1. */
export async function startDev(): Promise<DevServer> {
  const project = await copyProject();
  const copy = project.root.pathname.slice(0, -1);
  const { tasks } = JSON.parse(await Deno.readTextFile(`${copy}/deno.json`)) as { tasks: { dev: string } };
  const [, ...args] = tasks.dev.split(" ");
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: copy,
    env: { NO_COLOR: "1", PORT: String(port), ATOLL_DATA: `${copy}/data` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const pieces = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
    for await (const piece of pieces) text += piece;
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]);
  const base = `http://127.0.0.1:${port}`;
  return {
    base,
    output: () => text,
    write: (path, source) => Deno.writeTextFile(`${copy}/${path}`, source),
    get: (path) => fetch(base + path).then((response) => response.text(), () => ""),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await followed;
      await project[Symbol.asyncDispose]();
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
