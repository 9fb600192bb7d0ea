/**
 * The processors for handlers, in the form of `taskset -c`: all processors of the server except the first, which serves
 * requests. `undefined` for a single processor, or if the system does not say.
 *
 * A lower priority is not enough: the kernel lets a process run for up to 4 ms, and an answer must not wait that long.
 */
export function processorsOfHandlers(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return withoutFirst(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "");
  } catch {
    // It takes all rights to read that.
    return undefined;
  }
}

/** A list such as `0-3,8` without its first processor; `undefined` if nothing is left of it. */
export function withoutFirst(list: string): string | undefined {
  const [, first, last, rest] = /^(\d+)(?:-(\d+))?(?:,([\d,-]+))?$/.exec(list) ?? [];
  if (first === undefined) return undefined;
  const next = Number(first) + 1;
  const range = last === undefined || next > Number(last)
    ? undefined
    : next === Number(last)
    ? last
    : `${next}-${last}`;
  return [range, rest].filter((part) => part !== undefined).join() || undefined;
}
