/** A production server of this project, started for a test on a free port of 127.0.0.1. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  /** The server itself: below the process that launched it. */
  readonly pid: number;
  /** What it printed so far. */
  readonly output: () => string;
  /** Resolves with the exit code, whatever ends it. */
  readonly ended: Promise<number>;
  /** Sends a signal and gives the exit code. */
  readonly end: (signal?: Deno.Signal) => Promise<number>;
}

const root = new URL("../", import.meta.url);

/** Starts the server as `deno task start` does, with a data folder of its own; that of a copy of the project if one is given. */
export async function startServer(env: Record<string, string> = {}, at: URL = root): Promise<TestServer> {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/launch.ts"],
    cwd: at,
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
  const pid = serverOf(child.pid);
  let running = true;
  const ended = status.then(async ({ code }) => {
    running = false;
    await followed;
    await Deno.remove(data, { recursive: true }).catch(() => {});
    return code;
  });
  const end = async (signal: Deno.Signal = "SIGTERM") => {
    // What nobody can hand on is sent to the server; the one that launched it follows.
    if (running) Deno.kill(signal === "SIGKILL" ? pid : child.pid, signal);
    return await ended;
  };
  return {
    base,
    pid,
    output: () => text,
    ended,
    end,
    [Symbol.asyncDispose]: async () => void await end(),
  };
}

/** The only child of a process that just said that its server is ready; itself where that cannot be seen. */
function serverOf(launcher: number): number {
  try {
    for (const { name } of Deno.readDirSync(`/proc/${launcher}/task`)) {
      const children = Deno.readTextFileSync(`/proc/${launcher}/task/${name}/children`).trim();
      if (children !== "") return Number(children.split(" ")[0]);
    }
  } catch {
    // There is no such thing as /proc here.
  }
  return launcher;
}
