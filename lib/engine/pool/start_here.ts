import { setPriority } from "node:os";
import type { HandlerProcess } from "./handler_process.ts";
import { processorsOfHandlers } from "./processors.ts";
import type { Profile } from "./profile.ts";

// As `nice` counts: about a tenth of what the server gets, where both want all.
const BELOW_THE_SERVER = 10;

// V8 reserves 512 MiB for code, which the system counts as data although it is untouched. The rest is the program, its
// stacks and V8's own data (measured: 545 MiB for an empty program on x86-64).
const OWN_MB = 704;

/** Starts a process of handlers as a child of this one, which must have the right to run programs. */
export function startHere(profile: Profile): HandlerProcess {
  const process = new Deno.Command(...commandOf(profile)).spawn();
  giveWay(process.pid);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    status: process.status,
    kill: () => process.kill("SIGKILL"),
  };
}

function commandOf({ module, memoryMb, flags, env }: Profile): [string, Deno.CommandOptions] {
  const args = [
    "run",
    "--quiet",
    "--cached-only",
    ...flags,
    `--v8-flags=--max-old-space-size=${memoryMb}`,
    // Loaded with the program, so that what it imports needs no right to be read.
    `--preload=${module}`,
    import.meta.resolve("./process_entry.ts"),
  ];
  const options: Deno.CommandOptions = {
    clearEnv: true,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...pick(["DENO_DIR", ...env]) },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  };
  if (Deno.build.os === "windows") {
    const needed = pick(["SystemRoot", "LOCALAPPDATA", "USERPROFILE"]);
    return [Deno.execPath(), { ...options, args, env: { ...options.env, ...needed } }];
  }
  // Heap limits leave out the bytes of buffers; the system's own limit does not. Where there is none, it goes without.
  const limitKb = (OWN_MB + 2 * memoryMb) * 1024;
  const processors = processorsOfHandlers();
  // Where there is no such program, or it may not, they share all processors.
  const apart = processors === undefined ? "" : `taskset -cp ${processors} $$ >/dev/null 2>&1; `;
  const run = `ulimit -c 0; ulimit -d ${limitKb} 2>/dev/null; ${apart}exec "$0" "$@"`;
  return ["/bin/sh", { ...options, args: ["-c", run, Deno.execPath(), ...args] }];
}

function pick(names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = Deno.env.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

// Its work and its start are as long as they are. The server's is short, and everybody waits for it.
function giveWay(pid: number): void {
  try {
    setPriority(pid, BELOW_THE_SERVER);
  } catch {
    // Where the system does not allow it, they share as equals. A process that has already ended needs no lower priority.
  }
}
