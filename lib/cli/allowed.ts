/**
 * Refuses what `ATOLL_ALLOW_...` lists and Deno does not take, in the words of the setting.
 *
 * @throws {RangeError} what the setting has to be.
 */
export function checkAllowed(right: string, list: readonly string[]): void {
  for (const one of list) {
    const wrong = WRONG[right]?.(one);
    if (wrong) throw new RangeError(`Cannot use ATOLL_ALLOW_${right.toUpperCase()}=${one}: ${wrong}`);
  }
}

const WRONG: Readonly<Record<string, (one: string) => string | false>> = {
  net: (host) =>
    host.includes("://")
      ? "it must be hosts without scheme and path, such as api.example:443"
      : (/\s/.test(host) || Number(/:(\d+)$/.exec(host)?.[1] ?? 0) > 65535) &&
        "it must be hosts, each with or without a port, such as api.example:443",
  env: (name) => /[=\s]/.test(name) && "it must be names of variables, such as API_KEY",
  sys: (kind) =>
    !SYSTEM_KINDS.has(kind) && "it must be kinds of system information, such as hostname, osRelease or cpus",
};

/** The kinds that Deno 2.9 knows. With all rights, as the launcher has them, it would not say. */
const SYSTEM_KINDS = new Set([
  "cpus",
  "getPriority",
  "getegid",
  "gid",
  "homedir",
  "hostname",
  "inspector",
  "loadavg",
  "networkInterfaces",
  "osRelease",
  "osUptime",
  "setPriority",
  "statfs",
  "systemMemoryInfo",
  "uid",
  "umask",
  "userInfo",
  "username",
]);
