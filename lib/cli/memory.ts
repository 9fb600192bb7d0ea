/** Options for {@linkcode memoryOf}. */
export interface MemoryOptions {
  /** The text of a file; `undefined` where there is none. */
  readonly read: (path: string) => string | undefined;
  /** Bytes of memory that the machine has. */
  readonly machineBytes: number;
}

/** A server does not run in less, whatever it is told. */
const LEAST_BYTES = 2 ** 28;
/** The limits of a control group, of version 2 and of version 1. */
const FILES = ["memory.high", "memory.max", "memory.limit_in_bytes"];

/**
 * How many bytes of memory this process may use: the smallest limit of its control groups, and at most half of the
 * machine.
 */
export function memoryOf({ read, machineBytes }: MemoryOptions): number {
  let least = Math.floor(machineBytes / 2);
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (group === undefined || controllers !== "" && !controllers?.split(",").includes("memory")) continue;
    const root = controllers === "" ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (let path = group.replace(/\/$/, "");; path = path.slice(0, path.lastIndexOf("/"))) {
      for (const file of FILES) {
        const bytes = Number(read(`${root}${path}/${file}`) ?? NaN);
        if (bytes > 0) least = Math.min(least, bytes);
      }
      if (path === "") break;
    }
  }
  return Math.max(least, LEAST_BYTES);
}

/** As {@linkcode memoryOf}, of this machine. */
export function memoryHere(): number {
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(path).trim();
    } catch {
      return undefined;
    }
  };
  return memoryOf({ read, machineBytes: Deno.systemMemoryInfo().total });
}
