/** A production server of this project, started for a test on a free port of 127.0.0.1. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  readonly pid: number;
  /** What it printed so far. */
  readonly output: () => string;
  /** Sends a signal and gives the exit code. */
  readonly end: (signal?: Deno.Signal) => Promise<number>;
}

const root = new URL("../", import.meta.url);

/** Starts the server as `deno task start` does, with a data folder of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/start.ts"],
    cwd: root,
    env: { NO_COLOR: "1", PORT: "0", ATOLL_DATA: data, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  let base: string | undefined;
  const ready = Promise.withResolvers<void>();
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    for await (
      const piece of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    ) {
      text += piece;
      base ??= /ready at (http:\/\/[^/]+)\//.exec(text)?.[1];
      if (base) ready.resolve();
    }
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]);
  const status = child.status;
  await Promise.race([ready.promise, status]);
  if (!base) {
    await followed;
    throw new Error(`The server did not start: ${text}`);
  }
  let ended = false;
  const end = async (signal: Deno.Signal = "SIGTERM") => {
    if (!ended) child.kill(signal);
    ended = true;
    const { code } = await status;
    await followed;
    await Deno.remove(data, { recursive: true }).catch(() => {});
    return code;
  };
  return {
    base,
    pid: child.pid,
    output: () => text,
    end,
    [Symbol.asyncDispose]: async () => {
      if (!ended) await end();
    },
  };
}
