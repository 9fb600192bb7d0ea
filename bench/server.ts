import { get } from "./connection.ts";

/** A server under test: one process. */
export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  readonly pid: number;
  /** From spawning the process to its first answer 200, in milliseconds. */
  readonly startMs: number;
  /** Ends it at once, as a crash does. */
  readonly kill: () => Promise<void>;
}

/** What to start. */
export interface StartOptions {
  /** Arguments of `deno run -A`; `{port}` is filled in. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The page that has to answer. Default `/`. */
  readonly ready?: string;
  /** Default a free one. */
  readonly port?: number | undefined;
  /** Whether what is started starts the server in turn: then that is the process that is measured. Default false. */
  readonly launches?: boolean;
}

const root = new URL("../", import.meta.url);
const TICKS_PER_SECOND = 100;
const running = new Set<Deno.ChildProcess>();

/** Starts a server on a free port and waits until it answers. */
export async function start(
  { args, env = {}, ready = "/", port = freePort(), launches = false }: StartOptions,
): Promise<Server> {
  const base = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...args.map((arg) => arg.replace("{port}", String(port)))],
    cwd: root,
    env: { NO_COLOR: "1", PORT: String(port), ...env },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  running.add(child);
  let over = false;
  const ended = child.status.then((status) => {
    over = true;
    running.delete(child);
    return status;
  });
  const stop = async () => {
    if (!over) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  };
  while (!over && performance.now() - started < 30_000) {
    const status = await get(base, ready).then((answer) => answer.status, () => 0);
    if (status === 200) {
      const kill = async () => {
        if (!over) child.kill("SIGKILL");
        await ended;
      };
      const startMs = performance.now() - started;
      const pid = launches ? childOf(child.pid) : child.pid;
      return { base, pid, startMs, kill, [Symbol.asyncDispose]: stop };
    }
    if (status !== 0) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await stop();
  throw new Error(`Cannot measure ${args.join(" ")}: it did not answer ${ready} with 200`);
}

function childOf(pid: number): number {
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const child = parseInt(Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`));
    if (!Number.isNaN(child)) return child;
  }
  throw new Error(`Cannot measure: the process ${pid} has started none`);
}

/** Ends the servers that still run, for when the bench itself is ended. */
export function stopAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A port of 127.0.0.1 that nothing listens on just now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** CPU time of a process so far, in seconds, to a hundredth. */
export function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes, and the most it was since {@linkcode forgetPeak}. */
export function memory(pid: number): { readonly now: number; readonly peak: number } {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

/** Makes the peak of a process's memory what it is now. */
export function forgetPeak(pid: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}
