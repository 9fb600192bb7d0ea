import { fail } from "./fail.ts";

/**
 * The oldest Deno that will do. Before it, permissions had holes that are public: links and `..` in names of packages led
 * out of what may be read, `loadEnvFile` past `--deny-env`, names that resolve to refused addresses past `--deny-net`.
 */
export const NEEDS = "2.9.0";

/** Ends the process with a reason when this Deno is older than {@linkcode NEEDS}. `task` is what was asked for. */
export function refuseOldDeno(task: string, version: string = Deno.version.deno): void {
  if (!older(version, NEEDS)) return;
  fail(
    `Atoll needs Deno ${NEEDS} or newer, because permissions of older ones have known holes; this is ${version}. ` +
      `Try: npx -y deno@2.9.6 task ${task}`,
  );
}

function older(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map((part) => parseInt(part)));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
