import { fail } from "./fail.ts";

/**
 * The oldest supported Deno. Older ones have published holes in their permissions. Links and `..` in package names
 * escape the readable folders, `loadEnvFile` ignores `--deny-env`, and names that resolve to denied addresses pass
 * `--deny-net`.
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
