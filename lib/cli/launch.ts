import { fileURLToPath } from "node:url";
import { CONNECTIONS } from "@/lib/gate/guard/settings.ts";
import { logStyle } from "@/lib/gate/settings.ts";
import { log, logAs } from "@/lib/ops/log.ts";
import { buildOf, type HeldBuild, holdBuild } from "./builds.ts";
import { failWith } from "./fail.ts";
import { flagsOf, type Task } from "./flags.ts";
import { assertPort } from "./listen.ts";
import { memoryHere } from "./memory.ts";
import { refuseOldDeno } from "./needs.ts";
import { rightsOf } from "./rights.ts";
import { Starter } from "./starter.ts";
import { v8Flags } from "./v8_flags.ts";
import { mostDescriptors, shareOf, watchDescriptors } from "./watch_descriptors.ts";

/**
 * `deno task start`: builds the project if necessary (`builds.ts`) and starts the server of that build
 * (`start.ts`). The server is a process with only the rights that it needs. The launcher stays: it forwards signals
 * and the exit code, starts processes of handlers (`starter.ts`), and tells the server when its descriptors run
 * low. Nobody outside can talk to this process. `--show` prints the rights of the server and starts nothing.
 */
const root = new URL("../../", import.meta.url);
const env: Record<string, string> = { ATOLL_MEMORY: String(memoryHere()), ...Deno.env.toObject() };
const START: Task = {
  name: "start",
  does:
    "Builds the project if that is not done yet, and serves it. Settings are variables: docs/settings.md lists them.",
  flags: { "--show": "Says what the server would be started with, and starts nothing" },
};
const WAITS = "Another process builds this project: waiting for it";

refuseOldDeno("start");
try {
  logAs(logStyle((name) => env[name]));
  const flags = flagsOf(Deno.args, START);
  if (typeof flags === "string") await say(flags);
  else if (flags.has("--show")) await show();
  else Deno.exit(await launch());
} catch (error) {
  failWith(error, env.ATOLL_DEV === "1");
}

async function launch(): Promise<number> {
  // One address cannot have the descriptors of all. The server has no right to look how many there are.
  const share = shareOf(mostDescriptors("self"));
  if (env.ATOLL_CONNECTIONS === undefined && share < CONNECTIONS) env.ATOLL_CONNECTIONS = String(share);
  // Before the build, so that a wrong setting or a port that is taken is said at once.
  const { settings } = await rightsOf({ root, env });
  assertPort(settings);
  using build = await holdBuild(root, { onWait: () => log("info", "waits", { message: WAITS }) });
  const { flags } = await rightsOf({ root, build, env });
  let asked: Promise<ReadonlySet<string>> | undefined;
  // Where there are no such sockets, demos that ask for processes are told so.
  await using starter = Deno.build.os === "windows" ? undefined : await Starter.open(() => {
    asked ??= declared(build, flags, over.signal).catch((error) => {
      // Asked again the next time.
      asked = undefined;
      throw error;
    });
    return asked;
  });
  const over = new AbortController();
  // Before the one who starts processes is waited for.
  using _over = { [Symbol.dispose]: () => over.abort() };
  const rights = await rightsOf({ root, build, env, starter: starter?.path });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...run(build, rights.flags),
      v8Flags(settings.memoryBytes),
      programOf(build, "start.ts"),
      "--held",
    ],
    cwd: root,
    clearEnv: true,
    env: rights.env,
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const hold = child.stdin.getWriter();
  const tell = (line: string) => void hold.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  using _watch = watchDescriptors(child.pid, {
    many: () => tell("renew"),
    open: settings.metrics ? (count) => tell(`open ${count}`) : undefined,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => handOn(child, signal));
  }
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGHUP", () => handOn(child, "SIGHUP"));
  const { code } = await child.status;
  return code;
}

/** The declarations of a build's demos, read with the rights of its server. */
async function declared(
  build: HeldBuild,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...run(build, flags), programOf(build, "declared.ts"), build.root.href],
    cwd: root,
    clearEnv: true,
    env: (await rightsOf({ root, build, env })).env,
    stdin: "null",
    stderr: "inherit",
    signal,
  }).output();
  if (code !== 0) throw new Error(`Cannot find out which processes the demos declare (exit code ${code})`);
  return new Set(new TextDecoder().decode(stdout).split("\n").filter((line) => line !== ""));
}

// The working directory stays the project's folder: relative paths in settings start there.
function run(build: HeldBuild, flags: readonly string[]): string[] {
  return ["run", "--quiet", `--config=${fileURLToPath(new URL("deno.json", build.root))}`, ...flags];
}

function programOf(build: HeldBuild, name: string): string {
  return fileURLToPath(new URL(`lib/cli/${name}`, build.root));
}

function handOn(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended; its status is on the way.
  }
}

async function show(): Promise<void> {
  const build = { root: buildOf(root), others: [] };
  const { flags, env: passed } = await rightsOf({ root, build, env });
  const lines = [...flags, "", `Variables that it is given: ${Object.keys(passed).sort().join(", ")}`];
  await say(lines.join("\n").replaceAll(fileURLToPath(root), "./"));
}

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
