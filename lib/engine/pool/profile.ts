import type { RemotePermissions, RemoteTarget } from "@/lib/demo/remote.ts";

/** The options of a process: calls with the same options can share one. */
export interface Profile {
  /** Address of the handlers' module. */
  readonly module: string;
  /** Memory for values, in MiB. */
  readonly memoryMb: number;
  /** Deno's permission flags. */
  readonly flags: readonly string[];
  /** Names of the variables that it is given. */
  readonly env: readonly string[];
}

const DEFAULT_MEMORY_MB = 256;
const PATHS = ["read", "write", "ffi"];

/** A call's profile as text. */
export function writeProfile({ module, options }: RemoteTarget): string {
  const { memoryMb = DEFAULT_MEMORY_MB, permissions = {} } = options.runs === "process" ? options : {};
  const profile: Profile = {
    module,
    memoryMb,
    flags: flagsOf(module, permissions),
    env: permissions.env ?? [],
  };
  return JSON.stringify(profile);
}

/** The way back. */
export function readProfile(text: string): Profile {
  return JSON.parse(text);
}

function flagsOf(module: string, permissions: RemotePermissions): string[] {
  // Its environment is empty but for what `env` names, so it may look: packages do so while they load.
  const flags = ["--no-prompt", "--allow-env"];
  const { env: _, ...rest } = permissions;
  for (const [right, given] of Object.entries({ ...rest, read: rest.read ?? [] })) {
    if (given === undefined) continue;
    if (given === true) {
      flags.push(`--allow-${right}`);
      continue;
    }
    const list = PATHS.includes(right) ? given.map((path) => pathOf(path, module)) : [...given];
    if (right === "read") list.unshift(pathOf(".", module));
    if (list.length > 0) flags.push(`--allow-${right}=${list.join(",")}`);
  }
  return flags;
}

// A comma would end the path in a flag; doubled it stands for itself.
function pathOf(path: string, module: string): string {
  const url = path.startsWith("file:")
    ? new URL(path)
    : new URL(encodeURI(path).replace(/[?#]/g, encodeURIComponent), module);
  const name = decodeURIComponent(url.pathname).replace(/(?<=.)\/$/, "");
  return (Deno.build.os === "windows" ? name.replace(/^\//, "") : name).replaceAll(",", ",,");
}
